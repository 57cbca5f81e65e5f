import { PARQUET_LEAVES, parquetFile, TIMESTAMP } from '../../engine/connectors/files-parquet-leaves.ts';
import type { ParquetLeaf } from '../../engine/connectors/files-parquet-leaves.ts';
import type { SubjectColumn, TortureCase } from '../subject.ts';
import { filesSubject } from './files-tables.ts';

/** A leaf for each type that the suite asks for, and how a text becomes its raw value. */
const LEAVES: Readonly<Record<SubjectColumn['type'], readonly [ParquetLeaf, (text: string) => unknown]>> = {
  text: [{ type: 'BYTE_ARRAY', converted_type: 'UTF8' }, (text) => text],
  integer: [{ type: 'INT32' }, Number],
  bigint: [{ type: 'INT64' }, BigInt],
  numeric: [{ type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 2 }, unscaled],
  date: [{ type: 'INT32', converted_type: 'DATE' }, (text) => Date.parse(`${text}Z`) / 86_400_000],
  timestamp: [TIMESTAMP('MICROS', false), (text) => BigInt(Date.parse(`${text.replace(' ', 'T')}Z`)) * 1_000n],
  boolean: [{ type: 'BOOLEAN' }, (text) => text === 'true'],
};

function unscaled(text: string): bigint {
  const [whole = '', fraction = ''] = text.split('.');
  return BigInt(whole + fraction.padEnd(2, '0'));
}

const REFUSED: readonly (readonly [string, ParquetLeaf, unknown])[] = [
  ['a nanosecond', TIMESTAMP('NANOS', false), 1n],
  ['text with NUL', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, 'a\0b'],
  ['text that is not UTF-8', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, Uint8Array.of(0xff)],
  ['BSON', { type: 'BYTE_ARRAY', converted_type: 'BSON' }, Uint8Array.of(0)],
  ['a day past the calendar', { type: 'INT32', converted_type: 'DATE' }, 2_147_483_647],
];

const torture: readonly TortureCase[] = [
  ...PARQUET_LEAVES.map(([name, , , , landed]): TortureCase => ({ type: name, given: name, landed })),
  ...REFUSED.map(([name]): TortureCase => ({ type: name, given: name, landed: { refused: 'value' } })),
  { type: 'nothing', given: 'nothing', landed: null },
];

export const filesParquet = filesSubject({
  kind: 'files parquet',
  ending: 'parquet',
  typed: true,
  write: (columns, rows) =>
    parquetFile(
      columns.map(({ name, type }, at) => {
        const [leaf, raw] = LEAVES[type];
        return [
          name,
          leaf,
          rows.map((row) => {
            const text = row[at] ?? null;
            return text === null ? null : raw(text);
          }),
        ];
      }),
    ),
  torture,
  writeTorture: ({ given }) => {
    const [, leaf, value] = [...PARQUET_LEAVES, ...REFUSED].find(([name]) => name === given) ?? [
      '',
      { type: 'INT32' },
      null,
    ];
    return {
      bytes: parquetFile([
        ['id', { type: 'INT32' }, [1]],
        ['value', leaf as ParquetLeaf, [value]],
      ]),
    };
  },
});
