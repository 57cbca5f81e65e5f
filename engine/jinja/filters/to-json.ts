import { entriesOf, isDict } from '../python/dict.ts';
import { isNumeric, printNumber } from '../python/numbers.ts';
import { textOf } from '../python/print.ts';
import { typeOf } from '../python/type-of.ts';

/** JSON as Jinja's tojson writes it: keys in order, a blank behind `,` and `:`, ASCII only, and nothing that HTML would read. */
export function toJson(value: unknown, indent?: number): string {
  return written(value, indent, 0);
}

function written(value: unknown, indent: number | undefined, depth: number): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return text(value);
  if (isNumeric(value)) return printNumber(value);
  if (Array.isArray(value))
    return block(
      '[',
      value.map((each) => written(each, indent, depth + 1)),
      ']',
      indent,
      depth,
    );
  if (isDict(value)) {
    const pairs = entriesOf(value)
      .map(([key, each]) => [typeof key === 'string' ? key : textOf(key), each] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, each]) => `${text(key)}: ${written(each, indent, depth + 1)}`);
    return block('{', pairs, '}', indent, depth);
  }
  throw new Error(`${typeOf(value)} has no form in JSON`);
}

function block(
  open: string,
  parts: readonly string[],
  close: string,
  indent: number | undefined,
  depth: number,
): string {
  if (parts.length === 0) return open + close;
  if (indent === undefined) return open + parts.join(', ') + close;
  const line = (level: number): string => `\n${' '.repeat(indent * level)}`;
  return open + line(depth + 1) + parts.join(`,${line(depth + 1)}`) + line(depth) + close;
}

function text(value: string): string {
  return JSON.stringify(value).replace(
    /[<>&'\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
