import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { RESERVED } from './guarded-value.ts';
import type { Placing } from './template-error.ts';

/** Where a text's positions are in a file that it stands in from `start` on. */
export function placingFrom({ file, line: first = 1, column: left }: Place): Placing {
  return ({ line, column }) => {
    // The first line of a template inside another file begins at a column of that file, which may not be known.
    const outer = first === 1 ? column : undefined;
    return { file, line: first + line - 1, column: line > 1 ? column : left === undefined ? outer : left + column - 1 };
  };
}

/** Throws when a template has a character that marks guarded values. */
export function refuseReserved(text: string, place: Placing): void {
  const found = RESERVED.exec(text);
  if (!found) return;
  const before = text.slice(0, found.index).split('\n');
  const code = found[0].charCodeAt(0).toString(16).toUpperCase();
  throw new EngineError('COMPILE_TEMPLATE', `a template cannot have the character U+${code}`, {
    place: place({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }),
  });
}
