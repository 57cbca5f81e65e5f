import { readFile } from 'node:fs/promises';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readCsv } from '../../../engine/connectors/files/read-csv.ts';
import { sliceText } from '../../../engine/connectors/files/slices.ts';
import { catchError } from '../../setup/catch-error.ts';

async function* inChunks(bytes: Buffer, size: number): AsyncIterable<Buffer> {
  // The reader may write into what it is given.
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}

async function read(given: string | Buffer, delimiter = ',', chunkSize = 65_536) {
  const reading = readCsv({ file: 'x.csv', chunks: inChunks(Buffer.from(given), chunkSize), delimiter });
  const header = await reading.header();
  const records: { values: readonly (string | null)[]; line: number }[] = [];
  for await (const slices of reading.blocks()) {
    for (let row = 0; row < slices.rows; row += 1) {
      const values = Array.from({ length: slices.width }, (_, at) => sliceText(slices, row * slices.width + at));
      records.push({ values, line: slices.lines[row] as number });
    }
  }
  expect(reading.counted()).toBe(BigInt(records.length));
  return { header, records, rows: [header, ...records.map(({ values }) => values)] };
}
const refusal = async (bytes: string | Buffer): Promise<string> => (await catchError(() => read(bytes))).message;

test('the header and every record come with their values and the line they end on', async () => {
  expect(await read('id,note\n1,a\n2,"b\nb"\n3,c\n')).toMatchObject({
    header: ['id', 'note'],
    records: [
      { values: ['1', 'a'], line: 2 },
      { values: ['2', 'b\nb'], line: 4 },
      { values: ['3', 'c'], line: 5 },
    ],
  });
});

test('a byte order mark is no part of the first name, and CRLF no part of the last value', async () => {
  expect((await read('\uFEFFid,note\r\n1,a\r\n')).rows).toEqual([
    ['id', 'note'],
    ['1', 'a'],
  ]);
});

test('quotes may hold delimiters, line ends and doubled quotes', async () => {
  const { rows } = await read('a,b\n"x,y","line 1\nline 2\r\nline 3"\n"say ""hi""",""""\n');
  expect(rows.slice(1)).toEqual([
    ['x,y', 'line 1\nline 2\r\nline 3'],
    ['say "hi"', '"'],
  ]);
});

test('an unquoted empty field is null and a quoted one is an empty text', async () => {
  expect((await read('a,b,c\n,"",x\n')).rows[1]).toEqual([null, '', 'x']);
});

test('blanks around a value are part of it', async () => {
  expect((await read('a,b\n x , y\n')).rows[1]).toEqual([' x ', ' y']);
});

test('another delimiter makes the comma plain text', async () => {
  expect((await read('a;b\n1,5;"x;y"\n', ';')).rows[1]).toEqual(['1,5', 'x;y']);
  expect((await read('a\tb\n1\t2\n', '\t')).rows[1]).toEqual(['1', '2']);
});

test('a file with nothing but its header has no records', async () => {
  expect((await read('id,note\n')).rows).toEqual([['id', 'note']]);
});

test.each([
  ['an empty file', '', 'x.csv:1: the file is empty: it has no header [EXTRACT_FILE_REFUSED]'],
  [
    'a doubled header',
    'a,b,a\n1,2,3\n',
    'x.csv:1: columns 1 and 3 of the header have the same name [EXTRACT_FILE_REFUSED]',
  ],
  ['an unnamed column', 'a,,b\n1,2,3\n', 'x.csv:1: column 2 of the header has no name [EXTRACT_FILE_REFUSED]'],
  ['a blank name', 'a," "\n1,2\n', 'x.csv:1: column 2 of the header has no name [EXTRACT_FILE_REFUSED]'],
  [
    "a name of the engine's",
    'a,_row_hash\n1,2\n',
    "x.csv:1: the name of column 2 starts with _; such names are the engine's [EXTRACT_FILE_REFUSED]",
  ],
  [
    'a name that the warehouse would cut',
    `a,${'é'.repeat(32)}\n1,2\n`,
    'x.csv:1: the name of column 2 is longer than 63 bytes [EXTRACT_FILE_REFUSED]',
  ],
  [
    'a line with a field too few',
    'a,b\n1,2\n3\n4,5\n',
    'x.csv:3: the line does not have as many fields as the header [EXTRACT_FILE_REFUSED]',
  ],
  [
    'a line with a field too many, below a value with line ends',
    'a,b\n"1\n1",2\n3,4,5\n',
    'x.csv:4: the line does not have as many fields as the header [EXTRACT_FILE_REFUSED]',
  ],
  [
    'an empty line among others',
    'a,b\n1,2\n\n3,4\n',
    'x.csv:3: the line does not have as many fields as the header [EXTRACT_FILE_REFUSED]',
  ],
  [
    'text after a closing quote',
    'a,b\n1,2\n"3"x,4\n',
    'x.csv:3: text stands after a closing quote [EXTRACT_FILE_REFUSED]',
  ],
  [
    'a quote inside an unquoted field',
    'a,b\n1,2\n3x"y",4\n',
    'x.csv:3: a quote stands inside an unquoted field [EXTRACT_FILE_REFUSED]',
  ],
  [
    'a file cut off inside its last value',
    'a,b\n1,2\n3,4',
    'x.csv:3: the last line has no line end: the file looks cut off [EXTRACT_FILE_REFUSED]',
  ],
  ['a NUL character', 'a,b\n1,2\n3,\0\n', 'x.csv:3: a NUL character, which no text can hold [EXTRACT_FILE_REFUSED]'],
  [
    'a byte that is not UTF-8',
    Buffer.from('a,b\n1,2\n3,\xff\n', 'latin1'),
    'x.csv:3: a byte is not valid UTF-8 [EXTRACT_FILE_REFUSED]',
  ],
  [
    'a file cut off inside a character',
    Buffer.from('a,b\n1,2\n3,\xc3', 'latin1'),
    'x.csv:3: a byte is not valid UTF-8 [EXTRACT_FILE_REFUSED]',
  ],
])('%s is refused with its line', async (_, bytes, message) => {
  expect(await refusal(bytes)).toBe(message);
});

test('a quote that is never closed is refused', async () => {
  expect(await refusal('a,b\n1,2\n3,"4\n5,6\n')).toMatchInlineSnapshot(
    `"x.csv:4: a quoted field is never closed: the file looks cut off [EXTRACT_FILE_REFUSED]"`,
  );
});

// The file is read in chunks of 64 KiB.
const CHUNK = 65_536;
const LINE = `1,${'x'.repeat(61)}\n`;
/** A file whose first chunk ends `into` bytes into the text, with lines before it and after it. */
function across(border: string | Buffer, into: number): { readonly bytes: Buffer; readonly line: number } {
  const header = 'a,b\n';
  const lines = Math.floor((CHUNK - header.length) / LINE.length) - 1;
  const filler = CHUNK - header.length - lines * LINE.length - 2 - into;
  const head = `${header}${LINE.repeat(lines)}2,${'y'.repeat(filler)}`;
  const bytes = Buffer.concat([Buffer.from(head), Buffer.from(border), Buffer.from(`\n${LINE.repeat(100)}`)]);
  return { bytes, line: lines + 2 };
}

test('characters, line ends and quotes cut by a chunk border are whole', async () => {
  for (const [text, value] of [
    ['é', 'é'],
    ['😀', '😀'],
    ['\r', ''],
    ['\n3,z', ''],
  ] as const) {
    for (let into = 1; into <= Buffer.byteLength(text); into += 1) {
      const { bytes, line } = across(text, into);
      const { rows } = await read(bytes);
      expect(rows[line - 1]?.[1]?.replaceAll('y', '')).toBe(value);
      expect(rows.length).toBe(line + 100 + (text.startsWith('\n') ? 1 : 0));
    }
  }
});

test('an invalid byte is named with its line beyond a chunk border that cuts a valid character', async () => {
  const { bytes, line } = across('é', 1);
  const late = Buffer.from(bytes);
  late[bytes.length - 50 * LINE.length - 5] = 0xff;
  expect(await refusal(late)).toBe(`x.csv:${line + 50}: a byte is not valid UTF-8 [EXTRACT_FILE_REFUSED]`);
});

test('a character that begins at a chunk border and never ends is named with its line', async () => {
  const { bytes, line } = across(Buffer.from([0xc3, 0x41]), 1);
  expect(await refusal(bytes)).toBe(`x.csv:${line}: a byte is not valid UTF-8 [EXTRACT_FILE_REFUSED]`);
});

const text = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', ' ', 'a', '\\') }),
);
const value = fc.option(text.filter((each) => !each.includes('\0')));

/** Writes as RFC 4180 says: null as nothing, and quotes wherever they are needed or chance asks for them. */
function write(rows: readonly (readonly (string | null)[])[], lineEnd: string, quoteAll: boolean): string {
  const field = (each: string | null): string =>
    each === null ? '' : quoteAll || each === '' || /[",\r\n]/.test(each) ? `"${each.replaceAll('"', '""')}"` : each;
  return rows.map((row) => row.map(field).join(',') + lineEnd).join('');
}

test('any table of texts is read value by value as it was written', async () => {
  const table = fc
    .integer({ min: 1, max: 5 })
    .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom('\n', '\r\n'), fc.boolean(), async (rows, lineEnd, quoteAll) => {
      const header = Array.from({ length: rows[0]?.length ?? 1 }, (_, at) => `c${at}`);
      const read1 = await read(write([header, ...rows], lineEnd, quoteAll));
      expect(read1.rows).toEqual([header, ...rows]);
    }),
    { numRuns: 300 },
  );
});

/** What csv-parse, the strict judge, makes of a whole file: the oracle of the fast way. */
function judge(text: string): (string | null)[][] | undefined {
  try {
    const rows = parse(text, {
      bom: true,
      record_delimiter: ['\r\n', '\n'],
      // It makes no difference between the two kinds of emptiness unless it is asked to.
      cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
    }) as (string | null)[][];
    return rows;
  } catch {
    return undefined;
  }
}

const CASES = Number(process.env['TICKMARK_HOSTILE_FILES'] ?? 2_000);

test('of any bytes, the fast way reads what the strict judge reads, or refuses', async () => {
  const piece = fc.constantFrom(
    '"',
    '"',
    '""',
    ',',
    ',',
    '\n',
    '\n',
    '\r\n',
    '\r',
    'a',
    'b',
    ' ',
    'é',
    '1',
    '"a"',
    '"b,c"',
    '"\n"',
  );
  const text = fc.array(piece, { maxLength: 30 }).map((pieces) => `h,i\n${pieces.join('')}\n`);
  let accepted = 0;
  let refusedOnes = 0;
  await fc.assert(
    fc.asyncProperty(text, fc.integer({ min: 1, max: 40 }), async (given, size) => {
      const expected = judge(given);
      let rows: unknown;
      try {
        rows = (await read(given, ',', size)).rows;
      } catch {
        rows = undefined;
      }
      if (rows === undefined) refusedOnes += 1;
      else accepted += 1;
      expect(rows).toEqual(expected);
    }),
    {
      numRuns: CASES,
      seed: 4,
      // Found by 10,000 cases: lines of both kinds, each with quotes.
      examples: [
        ['h,i\n"b,c",\r\n"",\n', 8],
        ['h,i\n"b,c",\r\n"",\n', 40],
        ['h,i\n"",a\n"",a\r\n', 40],
      ],
    },
  );
  expect(Math.min(accepted, refusedOnes)).toBeGreaterThan(CASES / 40);
});

test.each([
  'comma_in_quotes',
  'empty',
  'empty_crlf',
  'escaped_quotes',
  'json',
  'newlines',
  'newlines_crlf',
  'quotes_and_newlines',
  'simple',
  'simple_crlf',
  'utf8',
])('csv-spectrum: %s', async (name) => {
  const folder = new URL('../../../node_modules/csv-spectrum/', import.meta.url);
  const bytes = await readFile(new URL(`csvs/${name}.csv`, folder), 'utf8');
  const expected = JSON.parse(await readFile(new URL(`json/${name}.json`, folder), 'utf8')) as Record<string, string>[];
  // Some of them do not end their last line, which is refused: it may be cut off.
  const { header, rows } = await read(bytes.endsWith('\n') ? bytes : `${bytes}\n`);
  expect(rows.slice(1)).toEqual(expected.map((row) => header.map((column) => row[column] ?? '')));
});

test('csv-spectrum: location_coordinates, which has quotes inside of unquoted fields, is refused', async () => {
  const folder = new URL('../../../node_modules/csv-spectrum/csvs/', import.meta.url);
  expect(await refusal(await readFile(new URL('location_coordinates.csv', folder)))).toBe(
    'x.csv:2: a quote stands inside an unquoted field [EXTRACT_FILE_REFUSED]',
  );
});
