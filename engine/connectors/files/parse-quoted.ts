import { CsvError, parse } from 'csv-parse/sync';
import { initParser } from 'udsv';
import { refusedFile } from './refuse-file.ts';

const QUOTE = 0x22;
const LINE_END = 0x0a;
const CARRIAGE_RETURN = 0x0d;

export interface RecordPlace {
  readonly start: number;
  /** Behind its line end. */
  readonly end: number;
  /** The line of the file that it begins on. */
  readonly line: number;
}

/** Where one record's fields stand in the buffer. */
export interface FieldPlaces {
  readonly starts: readonly number[];
  /** -1: no value. */
  readonly ends: readonly number[];
}

interface Quoted {
  readonly bytes: Buffer;
  readonly records: readonly RecordPlace[];
  readonly delimiter: Buffer;
  readonly file: string;
}

/**
 * Places of the fields of records that hold quotes. uDSV reads them, six times as fast as csv-parse and as leniently; so each
 * field is looked for in the record's bytes, and unless the fields, written again, are those very bytes, csv-parse judges and
 * names what is wrong. Doubled quotes become single ones in place.
 */
export function parseQuoted(input: Quoted): readonly FieldPlaces[] {
  const found = explain(input, readFast(input)) ?? explain(input, readStrictly(input));
  if (found === undefined) {
    throw refusedFile('its quotes and line ends can be read in two ways', input.file, input.records[0]?.line);
  }
  return found;
}

/** Latin-1 gives one character for each byte: what the bytes mean has been judged before. */
function readFast({ bytes, records, delimiter }: Quoted): readonly (readonly string[])[] {
  const [first] = records;
  if (first === undefined || delimiter.length !== 1) return [];
  const row = bytes[first.end - 2] === CARRIAGE_RETURN ? '\r\n' : '\n';
  const schema = {
    col: delimiter.toString('latin1'),
    row,
    encl: '"',
    esc: '"',
    trim: false,
    skip: 0,
    // It looks at how many there are, no further.
    cols: Array.from({ length: countFields(bytes, first, delimiter) }, (_, at) => ({
      name: String(at),
      type: 's' as const,
      repl: { empty: undefined, null: undefined, NaN: undefined },
    })),
  };
  return initParser(schema).stringArrs(bytesOf(bytes, records).toString('latin1')) as string[][];
}

/** By the delimiters outside of quotes. */
function countFields(bytes: Buffer, { start, end }: RecordPlace, delimiter: Buffer): number {
  let quoted = false;
  let fields = 1;
  for (let at = start; at < end; at += 1) {
    if (bytes[at] === QUOTE) quoted = !quoted;
    else if (!quoted && bytes[at] === delimiter[0]) fields += 1;
  }
  return fields;
}

function readStrictly(input: Quoted): readonly (readonly string[])[] {
  const { bytes, records, delimiter, file } = input;
  try {
    return parseBytes(bytesOf(bytes, records), delimiter);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
  }
  // One by one, to name the line of the first that is no record.
  return records.flatMap(({ start, end, line }) => {
    try {
      return parseBytes(bytes.subarray(start, end), delimiter);
    } catch (error) {
      if (!(error instanceof CsvError)) throw error;
      const within = (error as unknown as { lines?: number }).lines ?? 1;
      throw refusedFile(REASONS[error.code] ?? `not a valid CSV file (${error.code})`, file, line + within - 1);
    }
  });
}

function parseBytes(bytes: Buffer, delimiter: Buffer): string[][] {
  return parse(bytes, {
    delimiter,
    encoding: 'latin1',
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
  }) as string[][];
}

function bytesOf(bytes: Buffer, records: readonly RecordPlace[]): Buffer {
  const parts: Buffer[] = [];
  // Records that follow each other are one part.
  let from = 0;
  for (let at = 1; at <= records.length; at += 1) {
    if (at < records.length && records[at]?.start === records[at - 1]?.end) continue;
    parts.push(bytes.subarray(records[from]?.start, records[at - 1]?.end));
    from = at;
  }
  return parts.length === 1 ? (parts[0] as Buffer) : Buffer.concat(parts);
}

/** Undefined when the fields are not what the bytes say. */
function explain(
  { bytes, records, delimiter }: Quoted,
  rows: readonly (readonly string[])[],
): FieldPlaces[] | undefined {
  if (rows.length !== records.length) return undefined;
  const unquoted: { readonly at: number; readonly value: string }[] = [];
  const places: FieldPlaces[] = [];
  for (const [index, { start, end }] of records.entries()) {
    const values = rows[index] as readonly string[];
    const starts: number[] = [];
    const ends: number[] = [];
    let at = start;
    for (let field = 0; field < values.length; field += 1) {
      const value = values[field] as string;
      if (field > 0) {
        for (let byte = 0; byte < delimiter.length; byte += 1, at += 1) {
          if (bytes[at] !== delimiter[byte]) return undefined;
        }
      }
      const holdsQuote = value.includes('"');
      if (at < end && bytes[at] === QUOTE) {
        at += 1;
        const doubled = holdsQuote ? value.replaceAll('"', '""') : value;
        if (!standsAt(bytes, at, doubled)) return undefined;
        if (holdsQuote) unquoted.push({ at, value });
        starts.push(at);
        ends.push(at + value.length);
        at += doubled.length;
        if (bytes[at] !== QUOTE) return undefined;
        at += 1;
      } else {
        if (holdsQuote || !standsAt(bytes, at, value)) return undefined;
        // Outside of quotes a line end ends the record: uDSV knows one kind of it at a time, and takes the other for text.
        if (value.includes('\n') || (at + value.length === end - 1 && value.endsWith('\r'))) return undefined;
        starts.push(at);
        ends.push(value.length === 0 ? -1 : at + value.length);
        at += value.length;
      }
    }
    if (at < end - 1 && bytes[at] === CARRIAGE_RETURN) at += 1;
    if (at !== end && (at !== end - 1 || bytes[at] !== LINE_END)) return undefined;
    places.push({ starts, ends });
  }
  for (const { at, value } of unquoted) bytes.write(value, at, 'latin1');
  return places;
}

function standsAt(bytes: Buffer, at: number, text: string): boolean {
  for (let each = 0; each < text.length; each += 1) if (bytes[at + each] !== text.charCodeAt(each)) return false;
  return true;
}

const REASONS: Readonly<Record<string, string>> = {
  CSV_QUOTE_NOT_CLOSED: 'a quoted field is never closed: the file looks cut off',
  CSV_INVALID_CLOSING_QUOTE: 'text stands after a closing quote',
  INVALID_OPENING_QUOTE: 'a quote stands inside an unquoted field',
  CSV_NON_TRIMABLE_CHAR_AFTER_CLOSING_QUOTE: 'text stands after a closing quote',
};
