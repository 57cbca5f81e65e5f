import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSource } from '../../../engine/connectors/open-source.ts';
import type { OpenSource } from '../../../engine/connectors/connector.ts';
import { land } from '../../../engine/land/land.ts';
import { extract } from '../../../engine/extract/extract.ts';
import { verify } from '../../../engine/verify/verify.ts';
import { catchError } from '../../setup/catch-error.ts';
import { declareTable, pullTables } from '../../setup/pull-tables.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
let root: string;
let open: OpenSource;
beforeAll(async () => {
  // One session only: whatever a refused file leaves behind, the next statement meets it.
  db = await createTestWarehouse({ maxSessions: 1 });
  root = await mkdtemp(join(tmpdir(), 'tickmark-csv-'));
  open = await openSource({ type: 'csv', directory: '.', delimiter: ',' }, { name: 'files', root });
});
afterAll(async () => {
  await db.stop();
  await rm(root, { recursive: true });
});

const read = (table: Parameters<typeof declareTable>[0]) => open.read(declareTable(table));
const message = async (work: () => unknown): Promise<string> => (await catchError(work)).message;

test('a file gives its columns as text, its count and its exact totals before its rows', async () => {
  await writeFile(join(root, 'sales.csv'), 'id,amount\n1,0.1\n2,0.2\n3,\n4,99999999999999999999.999\n');
  const table = await read({ name: 'sales', key: ['id'], control_totals: ['amount'] });
  expect(table).toMatchObject({
    query: 'sales.csv',
    columns: [
      { name: 'id', type: 'text' },
      { name: 'amount', type: 'text' },
    ],
    sourceRows: 4n,
    sourceTotals: [{ column: 'amount', sum: '100000000000000000000.299' }],
    snapshotId: `sha256:${table.system['sha256']}`,
    system: { type: 'csv', file: 'sales.csv', bytes: '52' },
  });
});

test('a file that is missing, outside its folder, or without a declared column is refused at its declaration', async () => {
  expect(await message(() => read({ name: 'absent' }))).toBe(
    'sql/shop/sources.yml:3: connection files has no file absent.csv [EXTRACT_SOURCE_MISSING]',
  );
  expect(await message(() => read({ name: 'sales', file: '../sales.csv' }))).toBe(
    'sql/shop/sources.yml:3: ../sales.csv lies outside the folder of connection files [EXTRACT_SOURCE_MISSING]',
  );
  expect(await message(() => read({ name: 'sales', file: '.' }))).toContain('[EXTRACT_SOURCE_MISSING]');
  expect(await message(() => read({ name: 'sales', key: ['id', 'nr'], control_totals: ['total'] }))).toBe(
    'sql/shop/sources.yml:3: sales.csv has no column nr, total [EXTRACT_COLUMN_MISSING]',
  );
});

test('a control total over a text that is no number is refused with its line and without the text', async () => {
  await writeFile(join(root, 'words.csv'), 'id,amount\n1,"1\n"\n2,secret\n');
  expect(await message(() => read({ name: 'words', control_totals: ['amount'] }))).toBe(
    'words.csv:3: column amount does not hold a plain decimal number [EXTRACT_NOT_A_NUMBER]',
  );
});

test('a file that changes between its judgement and its rows is refused and nothing of it lands', async () => {
  const run = await db.beginRun();
  await writeFile(join(root, 'moving.csv'), `id,note\n${'1,a\n'.repeat(2000)}`);
  const declared = declareTable({ name: 'moving' });
  const extraction = extract(declared, await open.read(declared));
  await writeFile(join(root, 'moving.csv'), `id,note\n${'1,a\n'.repeat(1999)}1,b\n`);
  const input = { runNo: run.runNo, attempt: 1, source: 'erp', table: 'moving', ...extraction };
  expect(await message(() => land(input, { warehouse: db.warehouse }))).toBe(
    'moving.csv: the file changed while it was read [EXTRACT_FILE_REFUSED]',
  );
  expect(await db.warehouse.query(`select to_regclass('raw_erp.moving__r${run.runNo}_a1')::text as name`)).toEqual([
    { name: null },
  ]);
});

test('any table of texts lands value by value as it was written', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'grapheme' }),
    fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\t', ' ', '\\', 'N', '.') }),
  );
  const value = fc.option(text.filter((each) => !each.includes('\0')));
  const rows = fc.array(fc.array(value, { minLength: 3, maxLength: 3 }), { maxLength: 12 });
  const field = (each: string | null): string => (each === null ? '' : `"${each.replaceAll('"', '""')}"`);
  const table = declareTable({ name: 'any' });
  await fc.assert(
    fc.asyncProperty(rows, async (written) => {
      await writeFile(
        join(root, 'any.csv'),
        ['a,b,c', ...written.map((row) => row.map(field).join(','))].join('\n') + '\n',
      );
      const run = await db.beginRun();
      await pullTables({ run, open, tables: [table] }, db.warehouse);
      const [tieOut] = await verify({ run, source: 'erp', fullRefresh: false }, db);
      expect(tieOut?.tied).toBe(true);
      const landed = await db.warehouse.query('select a, b, c from raw_erp.any');
      const sorted = (all: (string | null | undefined)[][]) => all.map((row) => JSON.stringify(row)).toSorted();
      expect(sorted(landed.map(({ a, b, c }) => [a, b, c]))).toEqual(sorted(written));
    }),
    { numRuns: 40 },
  );
});
