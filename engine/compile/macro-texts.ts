import type { MacroFile } from '../contracts/project.ts';
import { findBlocks } from '../jinja/find-blocks.ts';
import type { MacroText } from './compile-project.ts';

const known = new WeakMap<readonly MacroFile[], readonly MacroText[]>();

/** The macros of a project's files as they are written; a `{% test x %}` is the macro `test_x`. */
export function macroTexts(files: readonly MacroFile[]): readonly MacroText[] {
  const found = known.get(files) ?? files.flatMap(macrosIn);
  known.set(files, found);
  return found;
}

function macrosIn({ file, template, package: home }: MacroFile): readonly MacroText[] {
  return findBlocks(template).flatMap(({ kind, name, header, line, start, end }) =>
    kind === 'macro' || kind === 'test'
      ? [
          {
            package: home,
            name: kind === 'test' ? `test_${name}` : name,
            file,
            line,
            arguments: parametersIn(header),
            text: template.slice(start, end),
          },
        ]
      : [],
  );
}

/** Names of the parameters between the brackets, without their defaults. */
function parametersIn(header: string): readonly string[] {
  const list = /\(([\s\S]*)\)/.exec(header)?.[1] ?? '';
  const parts: string[] = [];
  let depth = 0;
  let quote = '';
  let part = '';
  for (const sign of list) {
    if (quote !== '') quote = sign === quote ? '' : quote;
    else if (sign === "'" || sign === '"') quote = sign;
    else if ('([{'.includes(sign)) depth += 1;
    else if (')]}'.includes(sign)) depth -= 1;
    if (sign === ',' && depth === 0 && quote === '') {
      parts.push(part);
      part = '';
    } else part += sign;
  }
  return [...parts, part].map((each) => each.split('=')[0]?.trim() ?? '').filter((each) => each !== '');
}
