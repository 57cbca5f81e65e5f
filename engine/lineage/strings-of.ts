import type { Node } from 'libpg-query';

/** The names in a list of the parser: `"s"."t"` is two. */
export function stringsOf(nodes: readonly Node[] | undefined): string[] {
  return (nodes ?? []).flatMap((node) =>
    'String' in node && node.String.sval !== undefined ? [node.String.sval] : [],
  );
}
