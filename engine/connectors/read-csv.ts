import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { EngineError } from '../errors.ts';
import { countRecords } from './count-records.ts';

export interface CsvRecord {
  /** The first record is the header. An unquoted empty field is null, a quoted one is '', as in Postgres' own CSV. */
  readonly values: readonly (string | null)[];
  /** The line of the file that the record ends on, from 1. */
  readonly line: number;
}

/** Reads one CSV file strictly, record by record; `read` tells what was read once the records have ended. */
export function readCsv(input: { readonly path: string; readonly file: string; readonly delimiter: string }): {
  readonly records: () => AsyncIterable<CsvRecord>;
  readonly read: () => { readonly sha256: string; readonly bytes: bigint };
} {
  const digest = createHash('sha256');
  const counter = countRecords();
  let bytes = 0n;
  let sha256 = '';

  async function* decoded(): AsyncIterable<string> {
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let line = 1;
    let before: Buffer = Buffer.alloc(0);
    for await (const chunk of createReadStream(input.path) as AsyncIterable<Buffer>) {
      digest.update(chunk);
      bytes += BigInt(chunk.length);
      counter.add(chunk);
      yield decode(decoder, { before, chunk, line, file: input.file });
      for (const byte of chunk) if (byte === 0x0a) line += 1;
      before = lastCharacter(chunk);
    }
    decode(decoder, { before, chunk: undefined, line, file: input.file });
  }

  async function* records(): AsyncIterable<CsvRecord> {
    const parser = parse({
      bom: true,
      delimiter: input.delimiter,
      record_delimiter: ['\r\n', '\n'],
      info: true,
      cast: (value, context) => (value === '' && !context.quoting ? null : value),
    });
    // A fault of the text stream must end the parser with it; the loop below then throws it.
    const text = Readable.from(decoded());
    text.on('error', (error) => parser.destroy(error));
    text.pipe(parser);

    let seen = 0n;
    try {
      for await (const { record, info } of parser as AsyncIterable<{
        record: (string | null)[];
        info: { lines: number };
      }>) {
        if (seen === 0n) checkHeader(record, input.file);
        seen += 1n;
        yield { values: record, line: info.lines };
      }
    } catch (error) {
      throw error instanceof CsvError ? refuse(error, input.file) : error;
    }

    const counted = counter.end();
    if (counted.records === 0n) throw refused('the file is empty: it has no header', input.file, 1);
    if (!counted.endsWithLineEnd) {
      throw refused('the last line has no line end: the file looks cut off', input.file, counted.lines);
    }
    if (counted.records !== seen) {
      throw refused(`${seen} records were read, but an independent count finds ${counted.records}`, input.file);
    }
    sha256 = digest.digest('hex');
  }

  return { records, read: () => ({ sha256, bytes }) };
}

function decode(
  decoder: InstanceType<typeof TextDecoder>,
  read: {
    /** The end of the chunk before, where a character may be cut. */
    readonly before: Buffer;
    /** Undefined at the end of the file. */
    readonly chunk: Buffer | undefined;
    readonly line: number;
    readonly file: string;
  },
): string {
  const { before, chunk, line, file } = read;
  let text: string;
  try {
    text = chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch {
    const lines = chunk === undefined ? 0 : linesBeforeInvalid(Buffer.concat([before, chunk]));
    throw refused('a byte is not valid UTF-8', file, line + lines);
  }
  const nul = text.indexOf('\0');
  if (nul !== -1) throw refused('a NUL character, which no text can hold', file, line + lineEnds(text.slice(0, nul)));
  return text;
}

/** From the last byte that begins a character of several bytes, when the chunk may end inside it. */
function lastCharacter(chunk: Buffer): Buffer {
  const end = chunk.subarray(-3);
  const lead = end.findLastIndex((byte) => byte >= 0xc0);
  return lead === -1 ? end.subarray(end.length) : end.subarray(lead);
}

/** Line ends before the first byte that cannot stand where it does. */
function linesBeforeInvalid(chunk: Buffer): number {
  let from = 0;
  let lines = 0;
  for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, from)) {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(chunk.subarray(from, end));
    } catch {
      return lines;
    }
    lines += 1;
    from = end + 1;
  }
  return lines;
}

function lineEnds(text: string): number {
  return text.split('\n').length - 1;
}

/** Names columns by their place only: in a file that lost its header these are values of its first row. */
function checkHeader(header: readonly (string | null)[], file: string): void {
  for (const [at, name] of header.entries()) {
    if (name === null || name.trim() === '') throw refused(`column ${at + 1} of the header has no name`, file, 1);
    if (name.startsWith('_'))
      throw refused(`the name of column ${at + 1} starts with _; such names are the engine's`, file, 1);
    if (Buffer.byteLength(name) > 63) throw refused(`the name of column ${at + 1} is longer than 63 bytes`, file, 1);
    const first = header.indexOf(name);
    if (first !== at) throw refused(`columns ${first + 1} and ${at + 1} of the header have the same name`, file, 1);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'the line does not have as many fields as the header',
  CSV_RECORD_INCONSISTENT_COLUMNS: 'the line does not have as many fields as the header',
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is never closed: the file looks cut off',
  CSV_INVALID_CLOSING_QUOTE: 'text stands after a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted field',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'text stands after a closing quote',
  CSV_MAX_RECORD_SIZE: 'a record is too long',
};

function refuse(error: CsvError, file: string): EngineError {
  const line = (error as unknown as { lines?: number }).lines;
  return refused(REASONS[error.code] ?? `not a valid CSV file (${error.code})`, file, line);
}

function refused(message: string, file: string, line?: number): EngineError {
  return new EngineError('EXTRACT_FILE_REFUSED', message, { place: { file, line } });
}
