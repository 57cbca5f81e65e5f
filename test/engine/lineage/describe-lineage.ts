import type { ModelLineage } from '../../../engine/lineage/model-lineage.ts';

/**
 * Lineage as sorted lines, the form in which expectations are written: `amount: aggregated t.a, derived u.b | window t.c`,
 * `rows: filter t.a`, `unresolved amount: why`.
 */
export function describeLineage({ columns, rows, unresolved }: ModelLineage): string[] {
  const each = (inputs: readonly { kind: string; node: string; column: string }[]): string =>
    inputs
      .map(({ kind, node, column }) => `${kind} ${short(node)}.${column}`)
      .toSorted()
      .join(', ');
  return [
    ...columns.map(({ name, origins, influences }) =>
      `${name}: ${each(origins)}${influences.length === 0 ? '' : ` | ${each(influences)}`}`.trimEnd(),
    ),
    ...(rows.length === 0 ? [] : [`rows: ${each(rows)}`]),
    ...unresolved.map(({ column, reason }) => `unresolved ${column ?? 'rows'}: ${reason}`),
  ];
}

/** An expectation in the same order as describeLineage gives it, whatever order its author wrote the parts in. */
export function expected(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => {
      if (line.startsWith('unresolved')) return line;
      const at = line.indexOf(':');
      const [origins = '', influences] = line.slice(at + 1).split('|');
      const sorted = (part: string): string =>
        part
          .split(',')
          .map((one) => one.trim())
          .toSorted()
          .join(', ');
      const tail = influences === undefined ? '' : ` | ${sorted(influences)}`;
      return `${line.slice(0, at)}: ${sorted(origins)}${tail}`.trimEnd();
    });
}

function short(node: string): string {
  return node.replaceAll('"', '').replace(/^s\./, '');
}
