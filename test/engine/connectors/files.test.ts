import { mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { hash } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RejectedRow } from '../../../engine/connectors/connector.ts';
import type { PullWindow } from '../../../engine/contracts/pull.ts';
import { catchError } from '../../setup/catch-error.ts';
import { landRead } from '../../setup/land-read.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { filesFolder, textRows } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';
import { zip } from './files-zip.ts';

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

const message = async (work: () => unknown): Promise<string> => (await catchError(work)).message;
const refusal = (...input: Parameters<FilesFolder['rows']>): Promise<string> => message(() => folder.rows(...input));
const land = async (...input: Parameters<FilesFolder['read']>) => {
  const read = await folder.read(...input);
  return { read, ...(await landRead(read, db.source)) };
};

test('a file gives its columns, rows, count, exact totals and the hash of its bytes', async () => {
  const bytes = 'id,amount\n1,0.1\n2,0.2\n3,\n4,99999999999999999999.999\n';
  await folder.write('sales.csv', bytes);
  const { read, rows, figures } = await land({ name: 'sales', key: ['id'], control_totals: ['amount'] });
  expect(rows).toEqual([
    ['1', '0.1'],
    ['2', '0.2'],
    ['3', null],
    ['4', '99999999999999999999.999'],
  ]);
  expect(read).toMatchObject({
    query: 'sales.csv',
    bindings: {},
    columns: [
      { name: 'id', type: 'text' },
      { name: 'amount', type: 'text' },
    ],
    snapshotId: `sha256:${hash('sha256', bytes)}`,
    system: { type: 'files', format: 'csv', file: 'sales.csv', bytes: '52', sha256: hash('sha256', bytes) },
  });
  expect(figures).toEqual({
    rows: 4n,
    totals: [{ column: 'amount', sum: '100000000000000000000.299' }],
    whole: null,
    cursor: null,
    drift: { added: [], missing: [], discarded: [] },
  });
});

test('a file that is missing, outside its folder, or without a declared column is refused at its declaration', async () => {
  await folder.write('sales.csv', 'id,amount\n1,0.1\n');
  await mkdir(join(folder.path, 'some.csv'));
  const outside = await filesFolder();
  await outside.write('secret.csv', 'id\n1\n');
  await symlink(join(outside.path, 'secret.csv'), join(folder.path, 'link.csv'));
  expect(await refusal({ name: 'absent' })).toBe(
    'sql/shop/sources.yml:3: connection files has no file absent.csv [EXTRACT_SOURCE_MISSING]',
  );
  expect(await refusal({ file: '../sales.csv' })).toBe(
    'sql/shop/sources.yml:3: ../sales.csv lies outside the folder of connection files [EXTRACT_SOURCE_MISSING]',
  );
  expect(await refusal({ file: 'link.csv' })).toBe(
    'sql/shop/sources.yml:3: link.csv is a link out of the folder of connection files [EXTRACT_SOURCE_MISSING]',
  );
  for (const file of ['some.csv', '.', '/etc/passwd', 'a/../../x.csv']) {
    expect(await refusal({ file, format: 'csv' })).toContain('[EXTRACT_SOURCE_MISSING]');
  }
  expect(await refusal({ file: 'sales.dat' })).toBe(
    'sql/shop/sources.yml:3: the name sales.dat does not tell its format: declare format [PROJECT_INVALID]',
  );
  expect(await refusal({ name: 'sales', key: ['id', 'nr'], control_totals: ['total'] })).toBe(
    'sql/shop/sources.yml:3: sales.csv has no column nr, total [EXTRACT_COLUMN_MISSING]',
  );
  await outside.stop();
});

test('a control total over a text that is no number is refused with its line and without the text', async () => {
  await folder.write('words.csv', 'id,amount\n1,"1\n"\n2,secret\n');
  expect(await refusal({ file: 'words.csv', control_totals: ['amount'] })).toBe(
    'words.csv:3: column amount does not hold a plain decimal number [EXTRACT_NOT_A_NUMBER]',
  );
});

test('files of a pattern are read in the order of their names as one table, and have one header', async () => {
  await mkdir(join(folder.path, '2024'));
  await folder.write('2024/b.csv', 'id,v\n2,b\n');
  await folder.write('2024/a.csv', 'id,v\n1,a\n');
  await folder.write('2024/é.csv.gz', gzipSync('id,v\n3,c\n'));
  await folder.write('2024/.hidden.csv', 'x\n');
  const read = await folder.read({ file: '2024/*.csv*', format: 'csv' });
  expect((await landRead(read, db.source)).rows).toEqual([
    ['1', 'a'],
    ['2', 'b'],
    ['3', 'c'],
  ]);
  expect(read.system).toMatchObject({ files: '3', bytes: String(18 + gzipSync('id,v\n3,c\n').length) });
  expect(read.snapshotId).toBe(`sha256:${read.system['sha256']}`);
  expect(read.files).toMatchObject([
    { name: '2024/a.csv', bytes: '9', rows: '1', sha256: hash('sha256', 'id,v\n1,a\n') },
    { name: '2024/b.csv', bytes: '9', rows: '1' },
    { name: '2024/é.csv.gz', rows: '1' },
  ]);
  await folder.write('2024/c.csv', 'id,w\n3,c\n');
  expect(await refusal({ file: '2024/?.csv' })).toBe(
    '2024/c.csv:1: column 2 is not that of 2024/a.csv: all files of a table have one header [EXTRACT_FILE_REFUSED]',
  );
  expect(await refusal({ file: '20*/a.csv' })).toContain('* or ? in the name of a folder');
});

test('packed files are unpacked, and each entry of an archive that has the format is one of its files', async () => {
  await folder.write('one.csv.gz', Buffer.concat([gzipSync('id,v\n1,a\n'), gzipSync('2,b\n')]));
  expect(await folder.rows({ file: 'one.csv.gz' })).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
  await folder.write(
    'many.zip',
    zip({ 'b/2.csv': 'id,v\n2,b\n', 'a/1.csv': 'id,v\n1,a\n', 'read me.md': 'no', '__MACOSX/x.csv': 'no' }),
  );
  expect(await folder.rows({ file: 'many.zip', format: 'csv' })).toEqual([
    ['1', 'a'],
    ['2', 'b'],
  ]);
  expect(await refusal({ file: 'many.zip', format: 'ndjson' })).toBe(
    'many.zip: the archive has no ndjson file [EXTRACT_FILE_REFUSED]',
  );
});

test('broken packing is refused by name', async () => {
  const packed = gzipSync('id,v\n1,a\n');
  await folder.write('cut.csv.gz', packed.subarray(0, -4));
  expect(await refusal({ file: 'cut.csv.gz' })).toBe(
    'cut.csv.gz: the packed data ends before its end: it looks cut off [EXTRACT_FILE_REFUSED]',
  );
  await folder.write('more.csv.gz', Buffer.concat([packed, Buffer.alloc(1_000)]));
  expect(await refusal({ file: 'more.csv.gz' })).toBe(
    'more.csv.gz: something stands behind the end of the gzip data [EXTRACT_FILE_REFUSED]',
  );
  await folder.write('plain.csv.gz', 'id,v\n1,a\n');
  expect(await refusal({ file: 'plain.csv.gz' })).toContain('the packed data is broken (Z_DATA_ERROR)');
  const archive = zip({ 'a.csv': 'id,v\n1,a\n' });
  await folder.write('cut.zip', archive.subarray(0, -10));
  expect(await refusal({ file: 'cut.zip', format: 'csv' })).toBe(
    'cut.zip: not a valid zip archive, or it is cut off [EXTRACT_FILE_REFUSED]',
  );
  const flipped = Buffer.from(archive);
  flipped.write('9', archive.indexOf('1,a'));
  await folder.write('flipped.zip', flipped);
  expect(await refusal({ file: 'flipped.zip', format: 'csv' })).toBe(
    'flipped.zip/a.csv: the entry is broken: its checksum does not agree [EXTRACT_FILE_REFUSED]',
  );
  await folder.write('nested.zip', zip({ 'a.csv': 'id\n1\n', 'inner.zip': archive }));
  expect(await refusal({ file: 'nested.zip', format: 'csv' })).toBe(
    'nested.zip/inner.zip: an archive in an archive is not read [EXTRACT_FILE_REFUSED]',
  );
});

test('a file that changes while it is read is refused, however little', async () => {
  const line = `1,${'x'.repeat(98)}\n`;
  const content = `id,note\n${line.repeat(100_000)}`;
  for (const change of [
    (path: string) => writeFile(path, content.replace('x', 'y')),
    (path: string) => writeFile(path, content + line),
    (path: string) => rm(path),
    (path: string) => utimes(path, new Date(), new Date()),
  ]) {
    await folder.write('moving.csv', content);
    const read = await folder.read({ file: 'moving.csv' });
    const rows = read.rows[Symbol.asyncIterator]();
    await rows.next();
    await change(join(folder.path, 'moving.csv'));
    const rest = async (): Promise<void> => {
      while ((await rows.next()).done !== true);
    };
    expect(await message(rest)).toBe('moving.csv: the file changed while it was read [EXTRACT_FILE_REFUSED]');
  }
});

const TYPED = {
  file: 'typed.csv',
  columns: [
    { name: 'amount', type: 'numeric', decimal: ',', group: '.' },
    { name: 'day', type: 'date', format: 'dd.MM.yyyy' },
    { name: 'at', type: 'timestamp' },
    { name: 'ok', type: 'boolean' },
  ],
} satisfies Parameters<FilesFolder['read']>[0];

test('declared columns land as their types, in the spelling that is declared', async () => {
  await folder.write('typed.csv', 'amount;day;at;ok\n1.234.567,89;31.01.2024;2024-01-01 10:00:00.000001;true\n-5;;;\n');
  const { read, rows, figures } = await land({ ...TYPED, delimiter: ';', control_totals: ['amount'] });
  expect(read.columns.map(({ type }) => type)).toEqual(['numeric', 'date', 'timestamp without time zone', 'boolean']);
  expect(rows).toEqual([
    ['1234567.89', '2024-01-31', '2024-01-01 10:00:00.000001', 'true'],
    ['-5', null, null, null],
  ]);
  expect(figures.totals).toEqual([{ column: 'amount', sum: '1234562.89' }]);
});

test('a value that is not of its declared type refuses, is kept aside, or is left out, by the policy', async () => {
  await folder.write('typed.csv', 'amount;day;at;ok\n1;31.01.2024;;\n1.23,4;;;\n2;30.02.2024;;\n');
  const table = { ...TYPED, delimiter: ';', control_totals: ['amount'] };
  for (const schema_drift of ['freeze', 'evolve'] as const) {
    expect(await refusal({ ...table, schema_drift })).toBe(
      'typed.csv:3: column amount is not a value of type numeric [EXTRACT_TYPE_REFUSED]',
    );
  }
  const rejected: RejectedRow[] = [];
  const kept = await land({ ...table, schema_drift: 'discard_row' }, { rejected });
  expect(kept.rows).toEqual([['1', '2024-01-31', null, null]]);
  expect(kept.figures).toMatchObject({ rows: 3n, totals: [{ column: 'amount', sum: '1' }] });
  expect(rejected).toEqual([
    {
      at: 'typed.csv:3',
      reason: 'column amount is not a value of type numeric',
      row: '{"amount":"1.23,4","day":null,"at":null,"ok":null}',
    },
    {
      at: 'typed.csv:4',
      reason: 'column day is not a value of type date',
      row: '{"amount":"2","day":"30.02.2024","at":null,"ok":null}',
    },
  ]);
  const left = await land({ ...table, schema_drift: 'discard_value' });
  expect(left.rows).toEqual([
    ['1', '2024-01-31', null, null],
    [null, null, null, null],
    ['2', null, null, null],
  ]);
  expect(left.figures.totals).toEqual([{ column: 'amount', sum: '3' }]);
  expect(left.read.system).toMatchObject({ discarded_values: '2' });
});

const STANDING = [
  { name: 'b', type: 'text' },
  { name: 'a', type: 'text' },
  { name: 'gone', type: 'text' },
];

test('standing columns come first in their order; new and missing ones by the policy', async () => {
  await folder.write('drift.csv', 'a,new,b\n1,,2\n3,x,4\n');
  const standing = STANDING;
  expect(await refusal({ file: 'drift.csv' }, { standing })).toContain(
    'the columns of drift.csv changed (new: new; gone: gone) [LAND_SCHEMA_CHANGED]',
  );
  const evolved = await land({ file: 'drift.csv', schema_drift: 'evolve' }, { standing });
  expect(evolved.rows).toEqual([
    ['2', '1', null, null],
    ['4', '3', null, 'x'],
  ]);
  expect(evolved.figures.drift).toEqual({ added: ['new'], missing: ['gone'], discarded: [] });
  const value = await land({ file: 'drift.csv', schema_drift: 'discard_value' }, { standing });
  expect(value.rows).toEqual([
    ['2', '1', null],
    ['4', '3', null],
  ]);
  const rejected: RejectedRow[] = [];
  const row = await land({ file: 'drift.csv', schema_drift: 'discard_row' }, { standing, rejected });
  expect(row.rows).toEqual([['2', '1', null]]);
  expect(row.figures).toMatchObject({ rows: 2n, drift: { added: ['new'], missing: ['gone'], discarded: ['new'] } });
  expect(rejected).toEqual([
    { at: 'drift.csv:3', reason: 'it has a value in the new column new', row: '{"a":"3","new":"x","b":"4"}' },
  ]);
});

test('personal data that is to be dropped is never read, and what is to be masked comes as text', async () => {
  await folder.write('people.csv', 'id,name,iban\n1,Ann,DE89\nx,Bob,DE90\n');
  const columns = [
    { name: 'id', type: 'integer' as const },
    { name: 'name', pii: 'drop' as const },
    { name: 'iban', type: 'text' as const, pii: 'last4' as const },
  ];
  const rejected: RejectedRow[] = [];
  const { read, rows } = await land({ file: 'people.csv', columns, schema_drift: 'discard_row' }, { rejected });
  expect(read.columns).toEqual([
    { name: 'id', type: 'integer' },
    { name: 'iban', type: 'text' },
  ]);
  expect(rows).toEqual([['1', 'DE89']]);
  expect(rejected.map(({ row }) => row)).toEqual(['{"id":"x"}']);
});

const WINDOWED = {
  file: 'window.csv',
  control_totals: ['n'],
  cursor: { column: 'at' },
  columns: [{ name: 'at', type: 'timestamp' as const }],
};
const window = (given: Partial<PullWindow>): PullWindow => ({
  column: 'at',
  from: null,
  to: null,
  toIncluded: true,
  lag: null,
  ...given,
});

test('a window takes what lies in it and what has no value, and the whole is counted beside it', async () => {
  await folder.write(
    'window.csv',
    'n,at\n1,2024-01-01 00:00:00\n2,2024-01-02 00:00:00\n4,2024-01-02 00:00:00.000001\n8,\n16,2024-01-03T00:00:00\n32,infinity\n',
  );
  const sums = async (given: Partial<PullWindow>) => {
    const { rows, figures } = await land(WINDOWED, { window: window(given) });
    const { cursor, whole } = figures;
    const rowSum = rows.reduce((sum, [n]) => sum + Number(n), 0);
    expect(figures.totals[0]?.sum ?? '0').toBe(String(rowSum));
    expect(figures.rows).toBe(BigInt(rows.length));
    return [rowSum, cursor?.upper, Number(cursor?.nullRows), Number(whole?.rows ?? -1), whole?.totals[0]?.sum];
  };
  expect(await sums({})).toEqual([63, '2024-01-03T00:00:00', 2, 6, '63']);
  expect(await sums({ from: '2024-01-02' })).toEqual([62, '2024-01-03T00:00:00', 2, 6, '63']);
  expect(await sums({ from: '2024-01-02 00:00:00.000001' })).toEqual([60, '2024-01-03T00:00:00', 2, 6, '63']);
  expect(await sums({ from: '2030-01-01' })).toEqual([40, '2024-01-03T00:00:00', 2, 6, '63']);
  expect(await sums({ to: '2024-01-02 00:00:00' })).toEqual([43, '2024-01-02 00:00:00', 2, 4, '43']);
  expect(await sums({ lag: '1 day' })).toEqual([43, '2024-01-02 00:00:00', 2, 4, '43']);
  expect(await sums({ from: '2024-01-02', to: '2024-01-03', toIncluded: false })).toEqual([
    6,
    '2024-01-03',
    0,
    -1,
    undefined,
  ]);
});

test('a bound or a value of the cursor that is none is refused without telling it', async () => {
  await folder.write('window.csv', 'n,at\n1,2024-01-01\n2,yesterday\n');
  const texts = { ...WINDOWED, columns: [] };
  expect(await refusal({ ...texts, cursor: { column: 'n' } }, { window: window({ column: 'n', lag: '5' }) })).toBe(
    'nothing can be subtracted from a cursor of type text [EXTRACT_CURSOR_REFUSED]',
  );
  expect(await refusal(WINDOWED, { window: window({}) })).toContain('window.csv:3: column at is not a value of type');
  await folder.write('window.csv', 'n,at\n1,2024-01-01\n');
  expect(await refusal(WINDOWED, { window: window({ from: 'soon' }) })).toBe(
    'sql/shop/sources.yml:3: a bound of the window is not a finite value of type timestamp without time zone [EXTRACT_CURSOR_REFUSED]',
  );
});

test('a pull that is cancelled ends within a second, and its parser with it', async () => {
  await folder.write('long.csv', `id,note\n${`1,${'x'.repeat(98)}\n`.repeat(200_000)}`);
  const cancel = new AbortController();
  const read = await folder.read({ file: 'long.csv' }, { signal: cancel.signal });
  const rows = read.rows[Symbol.asyncIterator]();
  await rows.next();
  const started = performance.now();
  cancel.abort();
  const rest = async (): Promise<void> => {
    while ((await rows.next()).done !== true);
  };
  expect(await message(rest)).toBe('the reading of long.csv was cancelled [EXTRACT_CANCELLED]');
  expect(performance.now() - started).toBeLessThan(1_000);
});

test('rows wait for a reader who comes after the parser has ended', async () => {
  await folder.write('small.csv', 'id\n1\n');
  const read = await folder.read({ file: 'small.csv' });
  await sleep(700);
  expect(await textRows(read.rows)).toEqual([['1']]);
});

test('a reader that leaves early leaves no process behind', async () => {
  const read = await folder.read({ file: 'long.csv' });
  for await (const chunk of read.rows) {
    expect(chunk.length).toBeGreaterThan(0);
    break;
  }
  expect(await message(() => read.figures())).toContain('[EXTRACT_');
});

test('the same rows come whatever stands between them: a million of them in bounded memory', async () => {
  const line = `1,${'x'.repeat(40)}\n`;
  await folder.write('million.csv', `id,note\n${line.repeat(1_000_000)}`);
  const read = await folder.read({ file: 'million.csv', control_totals: ['id'] });
  let bytes = 0;
  for await (const chunk of read.rows) bytes += chunk.length;
  // 2 for the row's width, 4 for each length.
  expect(bytes).toBe(19 + 1_000_000 * (2 + 4 + 1 + 4 + 40) + 2);
  expect((await read.figures()).totals).toEqual([{ column: 'id', sum: '1000000' }]);
}, 60_000);
