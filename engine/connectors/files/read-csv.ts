import { countRecords } from '../count-records.ts';
import { recordCutter, recordEnd } from './cut-records.ts';
import { checkText, countLineEnds } from './check-text.ts';
import { cutBlocks } from './cut-blocks.ts';
import type { CsvBlock } from './cut-blocks.ts';
import { parseQuoted } from './parse-quoted.ts';
import type { FieldPlaces } from './parse-quoted.ts';
import { MAX_COLUMNS, MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';
import type { Slices } from './slices.ts';

const QUOTE = 0x22;
const CARRIAGE_RETURN = 0x0d;

export interface CsvReading {
  /** The names of the columns; reads no further than it must. */
  readonly header: () => Promise<readonly string[]>;
  /** The records below the header, block by block; throws at the first that is not whole. */
  readonly blocks: () => AsyncIterable<Slices>;
  /** Records by an independent count, the header not among them; asked after the last block. */
  readonly counted: () => bigint;
}

/**
 * Reads one CSV file strictly: a ragged line, a doubled header, a cut-off end, a byte that is not UTF-8 refuse the file with its
 * line. An unquoted empty field is null, a quoted one is '', as in Postgres' own CSV. A line without a quote is cut at its
 * delimiters; every other one is csv-parse's to judge, and what it gives must be the very bytes of the line.
 */
export function readCsv(input: {
  readonly file: string;
  readonly chunks: AsyncIterable<Buffer>;
  readonly delimiter: string;
}): CsvReading {
  const { file } = input;
  const delimiter = Buffer.from(input.delimiter);
  const counter = countRecords();
  let names: readonly string[] = [];
  let line = 1;
  let records = 0n;
  let isFirst = true;
  const cutter = recordCutter(file, delimiter);

  async function* counting(): AsyncIterable<Buffer> {
    for await (const chunk of input.chunks) {
      counter.add(chunk);
      yield chunk;
    }
  }
  async function* read(): AsyncIterable<Slices> {
    for await (const block of cutBlocks(counting())) {
      const bytes = isFirst && startsWithMark(block.bytes) ? block.bytes.subarray(3) : block.bytes;
      if (bytes.length === 0) continue;
      if (!block.tooLong) checkText(bytes, file, line);
      if (block.last) refuseEnd(bytes, block);
      const body = isFirst ? bytes.subarray(headerOf(bytes)) : bytes;
      isFirst = false;
      const slices = cutter(body, names.length, line);
      if (slices.rows > 0) line = (slices.lines[slices.rows - 1] as number) + 1;
      records += BigInt(slices.rows);
      yield slices;
    }
    const counted = counter.end();
    if (counted.records === 0n || isFirst) throw refusedFile('the file is empty: it has no header', file, 1);
    if (counted.records !== records + 1n) {
      throw refusedFile(`${records + 1n} records were read, but an independent count finds ${counted.records}`, file);
    }
  }
  /** What does not end with a line end is cut off, or worse; csv-parse may name it better. */
  function refuseEnd(bytes: Buffer, block: CsvBlock): never {
    if (block.tooLong) {
      throw overCeiling(`a record of more than ${MAX_RECORD_BYTES} bytes, or a quote that is never closed`, file, line);
    }
    if (isFirst && bytes.includes(CARRIAGE_RETURN)) {
      throw refusedFile('its lines end with CR alone; they must end with LF, or CR LF', file, 1);
    }
    parseQuoted({ bytes, records: [{ start: 0, end: bytes.length, line }], delimiter, file });
    const lines = countLineEnds(bytes, bytes.length);
    throw refusedFile('the last line has no line end: the file looks cut off', file, line + lines);
  }
  /** The first record; it says how wide all others are. */
  function headerOf(bytes: Buffer): number {
    const end = recordEnd(bytes, 0);
    const record = bytes.subarray(0, end);
    const fields = record.includes(QUOTE) ? quotedFields(record) : plainFields(record);
    checkHeader(fields, file);
    names = fields as string[];
    line += countLineEnds(record, end);
    return end;
  }
  function quotedFields(record: Buffer): (string | null)[] {
    const [places] = parseQuoted({ bytes: record, records: [{ start: 0, end: record.length, line }], delimiter, file });
    return (places as FieldPlaces).starts.map((start, at) => {
      const end = (places as FieldPlaces).ends[at] as number;
      return end === -1 ? null : record.toString('utf8', start, end);
    });
  }
  function plainFields(record: Buffer): (string | null)[] {
    const text = record.toString('utf8').replace(/\r?\n$/, '');
    return text.split(input.delimiter).map((field) => (field === '' ? null : field));
  }

  const all = read();
  const iterator = all[Symbol.asyncIterator]();
  let waiting: Slices | undefined;
  return {
    header: async () => {
      const { value, done } = await iterator.next();
      waiting = done === true ? undefined : (value as Slices);
      return names;
    },
    blocks: async function* () {
      try {
        if (waiting !== undefined) yield waiting;
        for (;;) {
          const { value, done } = await iterator.next();
          if (done === true) return;
          yield value as Slices;
        }
      } finally {
        await iterator.return?.();
      }
    },
    counted: () => counter.end().records - 1n,
  };
}

/** A byte order mark, which belongs to no name. */
function startsWithMark(bytes: Buffer): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Names columns by their place only: in a file that lost its header these are values of its first row. */
function checkHeader(header: readonly (string | null)[], file: string): void {
  if (header.length > MAX_COLUMNS) {
    throw refusedFile(`the header has ${header.length} columns, and ${MAX_COLUMNS} are the most`, file, 1);
  }
  const first = new Map<string, number>();
  for (const [at, name] of header.entries()) {
    if (name === null || name.trim() === '') throw refusedFile(`column ${at + 1} of the header has no name`, file, 1);
    if (name.startsWith('_'))
      throw refusedFile(`the name of column ${at + 1} starts with _; such names are the engine's`, file, 1);
    if (Buffer.byteLength(name) > 63)
      throw refusedFile(`the name of column ${at + 1} is longer than 63 bytes`, file, 1);
    const twin = first.get(name);
    if (twin !== undefined)
      throw refusedFile(`columns ${twin + 1} and ${at + 1} of the header have the same name`, file, 1);
    first.set(name, at);
  }
}
