import type { Conversion, Remark } from './conversion.ts';

/** A conversion as lines for people. */
export function formatConversion(conversion: Conversion): string {
  const { project, vertical, root, brought, changed, notBrought, errors, relations, nextSteps } = conversion;
  return [
    `dbt project ${project} is now the vertical ${vertical} in ${root}`,
    '',
    ...section(
      `Brought over: ${count(brought.length, 'file')}`,
      brought.map(({ from, to }) => `${from} -> ${to}`),
    ),
    ...section('Where the relations will stand', relations),
    ...section(`Changed: ${changed.length}`, changed.flatMap(remarkLines)),
    ...section(`Not brought over: ${notBrought.length}`, notBrought.flatMap(remarkLines)),
    ...section(
      errors.length === 0 ? 'It compiles.' : `To be corrected before it compiles: ${errors.length}`,
      errors.flatMap(remarkLines),
    ),
    ...section('Next', [`cd ${root}`, ...nextSteps]),
  ]
    .join('\n')
    .trimEnd();
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return [title, ...lines.map((line) => `  ${line}`), ''];
}

function remarkLines({ file, line, what, next }: Remark): readonly string[] {
  const place = line === undefined ? file : `${file}:${line}`;
  return [`${place === '' ? '' : `${place}: `}${what}`, ...(next === '' ? [] : [`  -> ${next}`])];
}

function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`;
}
