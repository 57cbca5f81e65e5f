import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SchemaElement } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RejectedRow } from '../../../engine/connectors/connector.ts';
import { catchError } from '../../setup/catch-error.ts';
import { landRead } from '../../setup/land-read.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { filesFolder, parseHere } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';
import { PARQUET_LEAVES as LEAVES, parquetFile as file, TIMESTAMP as TIME } from './files-parquet-leaves.ts';
import type { ParquetLeaf as Leaf } from './files-parquet-leaves.ts';

let db: TestWarehouse;
let folder: FilesFolder;
beforeAll(async () => {
  db = await createTestWarehouse();
  folder = await filesFolder();
});
afterAll(async () => {
  await db.stop();
  await folder.stop();
});

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

test('every type lands as its own, value by value, and a null as null', async () => {
  await folder.write('types.parquet', file(LEAVES.map(([name, leaf, value]) => [name, leaf, [value, null]])));
  const read = await folder.read({ file: 'types.parquet' });
  expect(read.columns.map(({ name, type }) => [name, type])).toEqual(LEAVES.map(([name, , , type]) => [name, type]));
  const { rows, figures } = await landRead(read, db.source);
  expect(Object.fromEntries(LEAVES.map(([name], at) => [name, rows[0]?.[at]]))).toEqual(
    Object.fromEntries(LEAVES.map(([name, , , , text]) => [name, text])),
  );
  expect(rows[1]).toEqual(LEAVES.map(() => null));
  expect(figures.rows).toBe(2n);
});

const here = async (bytes: Uint8Array, table: Parameters<typeof parseHere>[1] = {}) => {
  const path = join(folder.path, 'x.parquet');
  await writeFile(path, bytes);
  try {
    return await parseHere(path, table);
  } finally {
    await rm(path);
  }
};
const refusal = async (...input: Parameters<typeof here>): Promise<string> =>
  (await catchError(() => here(...input))).message;

test.each<[string, Leaf, unknown, string]>([
  [
    'part of a microsecond',
    TIME('NANOS', true),
    1n,
    'x.parquet:2: column v holds a value that has no exact form in timestamp with time zone [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'a day past the calendar',
    { type: 'INT32', converted_type: 'DATE' },
    2147483647,
    'x.parquet:2: column v holds a value that has no exact form in date [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'a time past the day',
    { type: 'INT64', converted_type: 'TIME_MICROS' },
    86400000000n,
    'x.parquet:2: column v holds a value that has no exact form in time without time zone [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'text that is not UTF-8',
    { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    hex('ff'),
    'x.parquet:2: column v holds a value that has no exact form in text [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'text with NUL',
    { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
    'a\0b',
    'x.parquet:2: column v holds a value that has no exact form in text [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'BSON',
    { type: 'BYTE_ARRAY', converted_type: 'BSON' },
    hex('00'),
    'x.parquet: column v is BSON, which has no exact form here [EXTRACT_TYPE_REFUSED]',
  ],
  [
    'an interval',
    { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 12, converted_type: 'INTERVAL' },
    new Uint8Array(12),
    'x.parquet: column v is INTERVAL, which has no exact form here [EXTRACT_TYPE_REFUSED]',
  ],
])('%s is refused by its column', async (_, leaf, value, said) => {
  expect(await refusal(file([['v', leaf, [null, value]]]))).toBe(said);
});

test('nested values land as JSON with their exact numbers', async () => {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 3 },
    { name: 'list', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', type: 'INT64', repetition_type: 'OPTIONAL' },
    { name: 'map', repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'MAP' },
    { name: 'key_value', repetition_type: 'REPEATED', num_children: 2 },
    { name: 'key', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'REQUIRED' },
    { name: 'value', type: 'DOUBLE', repetition_type: 'OPTIONAL' },
    { name: 'struct', repetition_type: 'OPTIONAL', num_children: 2 },
    { name: 'amount', type: 'INT64', converted_type: 'DECIMAL', precision: 18, scale: 2, repetition_type: 'OPTIONAL' },
    { name: 'name', type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type: 'OPTIONAL' },
  ];
  const columnData = [
    { name: 'list', data: [[9007199254740993n, null], [], null] },
    { name: 'map', data: [{ 'a,b': 0.5, __proto: 1 }, {}, null] },
    { name: 'struct', data: [{ amount: 10n, name: 'é"' }, { amount: null, name: null }, null] },
  ];
  await folder.write('nested.parquet', Buffer.from(parquetWriteBuffer({ columnData, schema })));
  const read = await folder.read({ file: 'nested.parquet' });
  expect(read.columns.map(({ type }) => type)).toEqual(['json', 'json', 'json']);
  expect((await landRead(read, db.source)).rows).toEqual([
    ['[9007199254740993,null]', '{"a,b":0.5,"__proto":1}', '{"amount":0.10,"name":"é\\""}'],
    ['[]', '{}', '{"amount":null,"name":null}'],
    [null, null, null],
  ]);
});

test('row groups, pages, dictionaries and each packing give the same rows', async () => {
  const numbers = Array.from({ length: 25_000 }, (_, at) => BigInt(at));
  const words = numbers.map((at) => (at % 7n === 0n ? null : `word ${at % 50n}`));
  const leaves = [
    ['n', { type: 'INT64' }, numbers],
    ['w', { type: 'BYTE_ARRAY', converted_type: 'UTF8' }, words],
  ] as const;
  for (const options of [{}, { rowGroupSize: 1_000, pageSize: 512 }, { codec: 'UNCOMPRESSED', rowGroupSize: 25_000 }]) {
    await folder.write('groups.parquet', file(leaves, options));
    const { rows, figures } = await landRead(
      await folder.read({ file: 'groups.parquet', control_totals: ['n'] }),
      db.source,
    );
    expect(rows).toEqual(numbers.map((at, row) => [at.toString(), words[row]]));
    expect(figures).toMatchObject({ rows: 25_000n, totals: [{ column: 'n', sum: '312487500' }] });
  }
});

test('policies of drift, windows and masks hold for its own types', async () => {
  await folder.write(
    'drift.parquet',
    file([
      ['id', { type: 'INT32' }, [1, 2, 3]],
      ['new', { type: 'INT64', converted_type: 'DECIMAL', precision: 5, scale: 1 }, [null, 15n, null]],
      ['day', { type: 'INT32', converted_type: 'DATE' }, [0, 1, 2]],
    ]),
  );
  const standing = [
    { name: 'id', type: 'text' },
    { name: 'day', type: 'date' },
  ];
  const rejected: RejectedRow[] = [];
  const columns = [{ name: 'id', pii: 'last4' as const }];
  const table = { file: 'drift.parquet', columns, schema_drift: 'discard_row' as const };
  const window = { column: 'day', from: '1970-01-02', to: null, toIncluded: true, lag: null };
  const { rows, figures } = await landRead(await folder.read(table, { standing, rejected, window }), db.source);
  expect(rows).toEqual([['3', '1970-01-03']]);
  expect(figures).toMatchObject({ rows: 2n, whole: { rows: 3n }, cursor: { upper: '1970-01-03' } });
  expect(rejected).toEqual([
    { at: 'drift.parquet:2', reason: 'it has a value in the new column new', row: '{"new":"1.5","day":"1970-01-02"}' },
  ]);
  expect(await refusal(file([['id', { type: 'INT32' }, [1]]]), { columns: [{ name: 'id', type: 'text' }] })).toContain(
    "column id is integer in the file: a Parquet file's types are its own [EXTRACT_TYPE_REFUSED]",
  );
});

test('a total over floats is refused, since it has no exact sum', async () => {
  expect(await refusal(file([['v', { type: 'DOUBLE' }, [1]]]), { control_totals: ['v'] })).toContain(
    '[EXTRACT_NOT_A_NUMBER]',
  );
});
