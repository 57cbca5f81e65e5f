import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { runParser } from '../../../engine/connectors/files/run-parser.ts';
import { filesFolder, jobOf, parseHere } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';
import { workbook } from './files-workbook.ts';
import { zip } from './files-zip.ts';

let folder: FilesFolder;
beforeAll(async () => {
  folder = await filesFolder();
});
afterAll(() => folder.stop());

const LINES = Array.from({ length: 3_000 }, (_, at) => `${at},"name ${at}, ""x""","${at % 3 === 0 ? '\n' : ''}é"\n`);
const CSV = `id,name,note\n${LINES.join('')}`;
const NDJSON = LINES.map((_, at) => `{"id":${at},"name":"é ${'n'.repeat(30)}"}\n`).join('');
const JSON_DOCUMENT = `{"of":"rows","rows":[${NDJSON.trimEnd().replaceAll('\n', ',\n')}]}`;
const PARQUET = Buffer.from(
  parquetWriteBuffer({
    columnData: [
      { name: 'id', data: LINES.map((_, at) => at), type: 'INT32' },
      { name: 'name', data: LINES.map((_, at) => `name ${(at * 7919) % 3001} ${at * at}`), type: 'STRING' },
    ],
    rowGroupSize: 500,
  }),
);
const SHEET = `<row><c t="inlineStr"><is><t>id</t></is></c></row>${LINES.map((_, at) => `<row><c><v>${at * 7919}.${at}</v></c></row>`).join('')}`;
const WORKBOOK = workbook({ sheet: SHEET });

const WHOLE: Readonly<Record<string, Uint8Array>> = {
  'x.csv': Buffer.from(CSV),
  'x.ndjson': Buffer.from(NDJSON),
  'x.json': Buffer.from(JSON_DOCUMENT),
  'x.csv.gz': gzipSync(CSV, { level: 1 }),
  'x.csv.zip': zip({ 'x.csv': CSV }, { deflate: true }),
  'x.parquet': PARQUET,
  'x.xlsx': WORKBOOK,
};
const tableOf = (name: string) => ({ file: name, ...(name === 'x.json' ? { records: '/rows' } : {}) });
const countOf = async (name: string, bytes: Uint8Array): Promise<number | string> => {
  const path = join(folder.path, name);
  await writeFile(path, bytes);
  try {
    const { rows, tail } = await parseHere(path, tableOf(name));
    expect(tail.rows).toBe(String(rows.length));
    return rows.length;
  } catch (error) {
    return (error as Error).message;
  }
};

test.each(Object.keys(WHOLE))(
  '%s cut off anywhere is refused by its name, or holds all the rows that were left',
  async (name) => {
    const whole = WHOLE[name] as Uint8Array;
    expect(await countOf(name, whole)).toBe(LINES.length);
    const cuts = new Set<number>();
    for (let at = 0; at < whole.length; at += 4_096) cuts.add(at);
    for (let at = Math.max(0, whole.length - 40); at < whole.length; at += 1) cuts.add(at);
    let refused = 0;
    for (const at of cuts) {
      const cut = whole.subarray(0, at);
      const said = await countOf(name, cut);
      if (typeof said === 'string') {
        refused += 1;
        expect(said).toMatch(/x\.(csv|ndjson|json|parquet|xlsx).*\[EXTRACT_(FILE_REFUSED|COLUMN_MISSING)\]$/);
        continue;
      }
      // Only a file of lines can be cut so that what is left is whole.
      expect(['x.csv', 'x.ndjson']).toContain(name);
      const text = Buffer.from(cut).toString();
      expect(text.endsWith('\n')).toBe(true);
      expect(said).toBe(name === 'x.csv' ? text.split(/"\n(?=\d|$)/).length - 1 : text.split('\n').length - 1);
    }
    expect(refused).toBeGreaterThan(cuts.size / 2);
  },
  120_000,
);

const FLIPS = Math.ceil(Number(process.env['TICKMARK_HOSTILE_FILES'] ?? 2_000) / 50);

test('a Parquet file or a workbook with a byte flipped gives its rows or an error by its name, and no crash', async () => {
  let state = 42;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state % below;
  };
  let refused = 0;
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const name = flip % 2 === 0 ? 'flip.parquet' : 'flip.xlsx';
    const bytes = Buffer.from(name === 'flip.parquet' ? PARQUET : WORKBOOK);
    // Half of them where the metadata lies: at the end.
    const at = flip % 4 < 2 ? random(bytes.length) : bytes.length - 1 - random(Math.min(bytes.length, 1_500));
    bytes[at] = (bytes[at] as number) ^ (1 << random(8));
    await folder.write(name, bytes);
    const outcome = await folder.rows({ file: name }, {}, { seconds: 20 }).catch((error: Error) => error);
    if (outcome instanceof Error) {
      refused += 1;
      expect(outcome.message).toMatch(
        /flip\.(parquet|xlsx).*\[EXTRACT_(FILE_REFUSED|CEILING|TYPE_REFUSED|COLUMN_MISSING)\]$/,
      );
    } else expect(outcome.length).toBe(LINES.length);
  }
  expect(refused).toBeGreaterThan(FLIPS / 4);
}, 300_000);

/** The error, and by how much this process grew while it came. */
async function attack(...input: Parameters<FilesFolder['rows']>): Promise<string> {
  const before = process.memoryUsage.rss();
  let peak = before;
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss());
  }, 20);
  try {
    return (
      await catchError(async () => {
        for await (const chunk of (await folder.read(...input)).rows) expect(chunk.length).toBeGreaterThan(0);
      })
    ).message;
  } finally {
    clearInterval(watch);
    expect((peak - before) / 1e6).toBeLessThan(150);
  }
}

const MEGABYTE = 1_000_000;
const LINES_100_MB = Buffer.from(`${'0'.repeat(999)}\n`.repeat(100_000));

test('bombs are refused by name while this process stays as small as it was', async () => {
  const packed = gzipSync(LINES_100_MB, { level: 9 });
  expect(packed.length).toBeLessThan(MEGABYTE);
  await pipeline(
    (async function* () {
      yield gzipSync('a\n');
      for (let at = 0; at < 100; at += 1) yield packed;
    })(),
    createWriteStream(join(folder.path, 'bomb.csv.gz')),
  );
  const raw = deflateRawSync(LINES_100_MB, { level: 9 });
  const entry = { packed: raw, size: LINES_100_MB.length, crc: 0 };
  const names = Array.from({ length: 100 }, (_, at) => `${at}.csv`);
  await folder.write('bomb.csv.zip', zip(Object.fromEntries(names.map((name) => [name, entry]))));
  await folder.write('liar.csv.zip', zip({ 'a.csv': { packed: raw, size: 1_000, crc: 0 } }));
  await folder.write('nested.csv.zip', zip({ 'a.zip': zip({ 'b.zip': zip({ 'c.csv': 'a\n1\n' }) }) }));
  const inExcess = { bytes: 500 * MEGABYTE };
  expect(await attack({ file: 'bomb.csv.gz' }, {}, inExcess)).toMatch(/^bomb\.csv\.gz: .*\[EXTRACT_CEILING\]$/);
  expect(await attack({ file: 'bomb.csv.zip' }, {}, inExcess)).toMatch(
    /^bomb\.csv\.zip.* \[EXTRACT_(CEILING|FILE_REFUSED)\]$/,
  );
  expect(await attack({ file: 'liar.csv.zip' })).toBe(
    'liar.csv.zip/a.csv: the entry is broken, or the archive is cut off [EXTRACT_FILE_REFUSED]',
  );
  expect(await attack({ file: 'nested.csv.zip' })).toContain('an archive in an archive is not read');
}, 120_000);

test('a cell, a line or a text without end is refused by its line', async () => {
  const cell = gzipSync(Buffer.alloc(100 * MEGABYTE, 'x'), { level: 9 });
  const open = (head: string): Buffer => Buffer.concat([gzipSync(head), ...Array.from({ length: 10 }, () => cell)]);
  await folder.write('cell.csv.gz', open('a,b\n1,"'));
  await folder.write('line.ndjson.gz', open('{"a":1}\n{"a":"'));
  await folder.write('text.json.gz', open('[{"a":1},{"a":"'));
  await folder.write('beside.json.gz', open('{"beside":"'));
  expect(await attack({ file: 'cell.csv.gz' })).toBe(
    'cell.csv.gz:2: a record of more than 67108864 bytes, or a quote that is never closed [EXTRACT_CEILING]',
  );
  expect(await attack({ file: 'line.ndjson.gz' })).toBe(
    'line.ndjson.gz:2: a line of more than 67108864 bytes [EXTRACT_CEILING]',
  );
  expect(await attack({ file: 'text.json.gz' })).toBe(
    'text.json.gz:2: a record of more than 67108864 bytes [EXTRACT_CEILING]',
  );
  expect(await attack({ file: 'beside.json.gz', records: '/rows' })).toBe(
    'beside.json.gz: more than 67108864 bytes beside the records [EXTRACT_CEILING]',
  );
}, 120_000);

test('a million columns are refused by their number', async () => {
  const names = Array.from({ length: MEGABYTE }, (_, at) => `c${at}`);
  await folder.write('wide.csv', `${names.join(',')}\n`);
  expect(await attack({ file: 'wide.csv' })).toBe(
    'wide.csv:1: the header has 1000000 columns, and 1600 are the most [EXTRACT_FILE_REFUSED]',
  );
  await folder.write('wide.ndjson', `{${names.map((name) => `"${name}":1`).join(',')}}\n`);
  expect(await attack({ file: 'wide.ndjson' })).toContain('[EXTRACT_CEILING]');
  const header = names.slice(0, 1_600).join(',');
  await folder.write('widest.csv', `${header}\n${header}\n`);
  expect((await folder.rows({ file: 'widest.csv' }))[0]).toHaveLength(1_600);
}, 60_000);

test('a workbook that unpacks to a gigabyte is refused', async () => {
  const row = `<row><c><v>1</v></c></row>`.repeat(40_000);
  const big = deflateRawSync(Buffer.from(`<t>${'x'.repeat(200 * MEGABYTE)}</t>`), { level: 9 });
  const parts = {
    'xl/workbook.xml': '<workbook xmlns:r="r"><sheets><sheet name="a" r:id="1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="1" Target="s.xml"/></Relationships>',
    'xl/s.xml': `<worksheet><sheetData>${row}</sheetData></worksheet>`,
    'xl/sharedStrings.xml': { packed: big, size: 200 * MEGABYTE + 7, crc: 0 },
  };
  await folder.write('bomb.xlsx', zip(parts, { deflate: true }));
  expect(await attack({ file: 'bomb.xlsx' })).toMatch(/^bomb\.xlsx.*\[EXTRACT_(CEILING|FILE_REFUSED)\]$/);
}, 60_000);

test('a parser that needs more memory than it may have dies alone, and says so', async () => {
  const shared = Array.from({ length: 400_000 }, (_, at) => `<si><t>text ${at}</t></si>`).join('');
  const path = join(folder.path, 'heavy.xlsx');
  await writeFile(path, workbook({ sheet: SHEET, shared }));
  const run = async (heapMb?: number): Promise<void> => {
    const parser = runParser(await jobOf(path), {
      cache: join(folder.path, 'cache'),
      called: 'heavy.xlsx',
      seconds: 60,
      signal: new AbortController().signal,
      reject: () => Promise.resolve(),
      ...(heapMb === undefined ? {} : { heapMb }),
    });
    for await (const chunk of parser.rows()) expect(chunk.length).toBeGreaterThan(0);
  };
  expect((await catchError(() => run(24))).message).toBe(
    'heavy.xlsx: parsing needs more than 24 MB of memory [EXTRACT_CEILING]',
  );
  await run();
}, 60_000);

test('large records are not held by the thousand to learn their names', async () => {
  const record = `{"a":"${'x'.repeat(2 * MEGABYTE)}"}\n`;
  const packed = gzipSync(record.repeat(10));
  await pipeline(
    (async function* () {
      for (let at = 0; at < 60; at += 1) yield packed;
    })(),
    createWriteStream(join(folder.path, 'heavy.ndjson.gz')),
  );
  const said = await attack({ file: 'heavy.ndjson.gz' });
  // It gets as far as the guard against what packs too well.
  expect(said).toBe('heavy.ndjson.gz: unpacks to more than 1000 times its size [EXTRACT_CEILING]');
}, 60_000);
