import type { SubjectColumn, SubjectRow, TortureCase } from '../subject.ts';
import { DECLARED_TORTURE, filesSubject } from './files-tables.ts';
import type { FileKind } from './files-tables.ts';

const BARE = new Set(['integer', 'bigint', 'numeric', 'boolean']);

export function jsonLines(columns: readonly SubjectColumn[], rows: readonly SubjectRow[]): string[] {
  return rows.map((row) => {
    const members = columns.map(({ name, type }, at) => {
      const value = row[at] ?? null;
      return `${JSON.stringify(name)}:${value === null || BARE.has(type) ? value : JSON.stringify(value)}`;
    });
    return `{${members.join(',')}}`;
  });
}

/** A value as it stands in the file, and its text. */
const VALUES: readonly (readonly [string, string | null | undefined])[] = [
  ['null', null],
  ['""', ''],
  ['" a "', ' a '],
  ['"\\u00e9\\ud83e\\uddfe\\t\\"\\\\\\/\\n"', 'é🧾\t"\\/\n'],
  ['12345678901234567890123456789012345678901234567890.10', '12345678901234567890123456789012345678901234567890.10'],
  ['1E+400', '1E+400'],
  ['-0.0', '-0.0'],
  ['true', 'true'],
  ['{"b": [1.50, {"a":9007199254740993}]}', '{"b": [1.50, {"a":9007199254740993}]}'],
  [`"${'x'.repeat(1_000_000)}"`, 'x'.repeat(1_000_000)],
  ['{"a":1,"a":2}', undefined],
  ['"a\\u0000b"', undefined],
  ['"\\ud800"', undefined],
  ['01', undefined],
  ['NaN', undefined],
  ["'a'", undefined],
  ['1,"value":2', undefined],
];
export const JSON_TORTURE: readonly TortureCase[] = [
  ...VALUES.map(([given, landed]) => ({
    type: 'undeclared',
    given,
    landed: landed === undefined ? { refused: 'value' } : landed,
  })),
  ...DECLARED_TORTURE,
];
export const tortureRecord = ({ type, given }: TortureCase): string =>
  `{"id":1,"value":${type === 'undeclared' ? given : JSON.stringify(given)}}`;

export const NDJSON: FileKind = {
  kind: 'files ndjson',
  ending: 'ndjson',
  write: (columns, rows) =>
    jsonLines(columns, rows)
      .map((line) => `${line}\n`)
      .join(''),
  torture: JSON_TORTURE,
  writeTorture: (given) => ({
    bytes: `${tortureRecord(given)}\n`,
    ...(given.type === 'undeclared' ? {} : { type: given.type }),
  }),
};

export const filesNdjson = filesSubject(NDJSON);
