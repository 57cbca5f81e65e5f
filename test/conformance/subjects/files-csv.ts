import type { TortureCase } from '../subject.ts';
import { DECLARED_TORTURE, filesSubject } from './files-tables.ts';
import type { FileKind, FileWrite } from './files-tables.ts';

const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
/** Null is nothing at all; quotes where they are needed, and about half of the others. */
const field = (value: string | null): string =>
  value === null ? '' : value === '' || /[",\r\n]/.test(value) || value.length % 2 === 0 ? quote(value) : value;

export const writeCsv: FileWrite = (columns, rows) =>
  [columns.map(({ name }) => quote(name)), ...rows.map((row) => columns.map((_column, at) => field(row[at] ?? null)))]
    .map((fields) => `${fields.join(',')}\n`)
    .join('');

/** A field as it stands in the file, and its text. */
const FIELDS: readonly (readonly [string, string | null | undefined])[] = [
  ['', null],
  ['""', ''],
  ['" "', ' '],
  [' a ', ' a '],
  ['"a,b\r\n\n""c"""', 'a,b\r\n\n"c"'],
  ['\\N', '\\N'],
  ['NULL', 'NULL'],
  ['é🧾\t', 'é🧾\t'],
  ['1.10', '1.10'],
  ['007', '007'],
  [`"${'x'.repeat(1_000_000)}"`, 'x'.repeat(1_000_000)],
  ['"a"b', undefined],
  ['a"b"', undefined],
  ['"open', undefined],
  ['a\0b', undefined],
  ['1,2', undefined],
];
const torture: readonly TortureCase[] = [
  ...FIELDS.map(([given, landed]) => ({
    type: 'undeclared',
    given,
    landed: landed === undefined ? { refused: 'value' } : landed,
  })),
  ...DECLARED_TORTURE,
];

export const CSV: FileKind = {
  kind: 'files csv',
  ending: 'csv',
  write: writeCsv,
  torture,
  writeTorture: ({ type, given }) => {
    const value = type === 'undeclared' ? given : quote(given);
    return { bytes: `id,value\n1,${value}\n`, ...(type === 'undeclared' ? {} : { type }) };
  },
};

export const filesCsv = filesSubject(CSV);
