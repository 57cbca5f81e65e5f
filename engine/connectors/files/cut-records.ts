import { countLineEnds } from './check-text.ts';
import { parseQuoted } from './parse-quoted.ts';
import { refusedFile } from './refuse-file.ts';
import type { Slices } from './slices.ts';

const QUOTE = 0x22;
const LINE_END = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const RAGGED = 'the line does not have as many fields as the header';
/** What a byte may end: a field, a line, or the belief that the record has no quotes. */
const FIELD = 1;
const LINE = 2;
const QUOTED = 3;

/** Behind the line end of the record that begins at `start`. */
export function recordEnd(bytes: Buffer, start: number): number {
  let quoted = false;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) quoted = !quoted;
    else if (byte === LINE_END && !quoted) return at + 1;
  }
  return bytes.length;
}

/** Gives a block's records as slices; the arrays of one block are used again for the next. */
export function recordCutter(
  file: string,
  delimiter: Buffer,
): (bytes: Buffer, width: number, firstLine: number) => Slices {
  const sign = delimiter.length === 1 ? (delimiter[0] as number) : -1;
  // One look at a table tells nearly every byte that it is nothing but part of a value.
  const kinds = new Uint8Array(256);
  kinds[LINE_END] = LINE;
  kinds[QUOTE] = QUOTED;
  if (sign !== -1) kinds[sign] = FIELD;
  let starts = new Int32Array(0);
  let ends = starts;
  let lines = starts;
  const grow = (fields: number, rows: number): void => {
    const resized = (array: Int32Array<ArrayBuffer>, size: number): Int32Array<ArrayBuffer> => {
      const larger = new Int32Array(size);
      larger.set(array);
      return larger;
    };
    starts = resized(starts, fields);
    ends = resized(ends, fields);
    lines = resized(lines, rows);
  };

  return (bytes, width, firstLine) => {
    const quoted: { start: number; end: number; line: number; row: number }[] = [];
    let row = 0;
    let line = firstLine;
    let field = 0;
    let ragged: number | undefined;
    let fieldStart = 0;
    let recordStart = 0;
    const length = bytes.length;
    // A delimiter of several bytes leaves every record to csv-parse.
    for (let at = 0; sign === -1 && at < length; at = recordStart) {
      recordStart = recordEnd(bytes, at);
      if (row + 1 >= lines.length) grow((row + 1024) * 2 * width, (row + 1024) * 2);
      quoted.push({ start: at, end: recordStart, line, row });
      line += countLineEnds(bytes.subarray(at, recordStart), recordStart - at);
      lines[row] = line - 1;
      row += 1;
    }
    for (let at = recordStart; at < length && ragged === undefined; at += 1) {
      const kind = kinds[bytes[at] as number];
      if (kind === 0) continue;
      if (field + width + 1 >= starts.length || row + 1 >= lines.length) {
        grow(Math.max(starts.length * 2, field + 2 * width + 1024), Math.max(lines.length * 2, row + 1024));
      }
      if (kind === FIELD) {
        starts[field] = fieldStart;
        ends[field] = at === fieldStart ? -1 : at;
        field += 1;
        fieldStart = at + 1;
        if (field >= (row + 1) * width) ragged = line;
      } else if (kind === LINE) {
        const end = at > fieldStart && bytes[at - 1] === CARRIAGE_RETURN ? at - 1 : at;
        starts[field] = fieldStart;
        ends[field] = end === fieldStart ? -1 : end;
        field += 1;
        if (field !== (row + 1) * width) ragged = line;
        lines[row] = line;
        line += 1;
        row += 1;
        fieldStart = at + 1;
        recordStart = fieldStart;
      } else {
        const end = recordEnd(bytes, recordStart);
        quoted.push({ start: recordStart, end, line, row });
        line += countLineEnds(bytes.subarray(recordStart, end), end - recordStart);
        lines[row] = line - 1;
        row += 1;
        field = row * width;
        at = end - 1;
        fieldStart = end;
        recordStart = end;
      }
    }
    const places = quoted.length === 0 ? [] : parseQuoted({ bytes, records: quoted, delimiter, file });
    for (const [index, record] of places.entries()) {
      const into = (quoted[index] as { row: number }).row;
      if (record.starts.length !== width) throw refusedFile(RAGGED, file, lines[into]);
      starts.set(record.starts, into * width);
      ends.set(record.ends, into * width);
    }
    if (ragged !== undefined) throw refusedFile(RAGGED, file, ragged);
    return { bytes, rows: row, width, starts, ends, lines };
  };
}
