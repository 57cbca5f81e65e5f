import { EngineError } from '../../errors.ts';
import { countRows } from './count-rows.ts';
import { readXml } from './read-xml.ts';
import { MAX_COLUMNS, MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';
import type { Archive } from './unzip.ts';
import { textCollector, unescape } from './workbook-parts.ts';
import type { Workbook } from './workbook-parts.ts';
import { serialText } from './xlsx-dates.ts';

/** A row of a sheet that holds at least one value; a cell without one is null. */
export interface SheetRow {
  readonly number: number;
  readonly values: readonly (string | null)[];
}

/**
 * Reads a sheet row by row: each value as the workbook stores it, a number's text too; of a formula the value that was last
 * computed; a number that is formatted as a date as ISO text. A merged cell's value is in its first cell. An error is refused.
 */
export async function readSheet(
  archive: Archive,
  workbook: Workbook,
  file: string,
  onRows: (rows: readonly SheetRow[]) => Promise<void>,
): Promise<{ readonly counted: bigint }> {
  const counter = countRows();
  let rows: SheetRow[] = [];
  let number = 0;
  let values: (string | null)[] = [];
  let holds = false;
  let cell: { at: number; type: string; style: number } | undefined;
  let raw: string[] = [];
  let rawLength = 0;
  let inValue = false;
  let hasInline = false;
  const inline = textCollector();

  const openCell = (attributes: Readonly<Record<string, string>>): void => {
    const at = attributes['r'] === undefined ? values.length : columnOf(attributes['r'], file, number);
    if (at < values.length) throw refusedFile('two cells stand at the same place, or out of order', file, number);
    if (at >= 16_384) throw refusedFile('a cell stands beyond the last column', file, number);
    while (values.length < at) values.push(null);
    cell = { at, type: attributes['t'] ?? 'n', style: Number(attributes['s'] ?? '0') };
    raw = [];
    rawLength = 0;
    hasInline = false;
  };
  const closeCell = (): void => {
    if (cell === undefined) return;
    const value = cell.type === 'inlineStr' ? (hasInline ? inline.take() : null) : valueOf(raw.join(''), cell);
    if (value !== null && value.includes('\0'))
      throw refusedFile('a NUL character, which no text can hold', file, number);
    values.push(value);
    cell = undefined;
  };
  const valueOf = (text: string, { at, type, style }: NonNullable<typeof cell>): string | null => {
    if (text === '' && type !== 'str') return null;
    switch (type) {
      case 's': {
        const shared = /^\d{1,10}$/.test(text) ? workbook.shared[Number(text)] : undefined;
        if (shared === undefined)
          throw refusedFile(`cell ${at + 1} refers to a shared string that is not there`, file, number);
        return shared;
      }
      case 'str':
        return unescape(text);
      case 'd':
        return text;
      case 'b':
        if (text !== '0' && text !== '1') throw refusedFile(`cell ${at + 1} is no boolean`, file, number);
        return text === '1' ? 'true' : 'false';
      case 'e':
        throw refusedFile(`cell ${at + 1} holds an error of a formula`, file, number);
      case 'n': {
        const date = workbook.dates[style];
        if (date === undefined) {
          if (!/^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text))
            throw refusedFile(`cell ${at + 1} is no number`, file, number);
          return text;
        }
        const shown = serialText(text, date, workbook.dateSystem);
        if (shown === undefined) {
          throw new EngineError('EXTRACT_TYPE_REFUSED', `cell ${at + 1} is formatted as a date and is none`, {
            place: { file, line: number },
          });
        }
        return shown;
      }
      default:
        throw refusedFile(`cell ${at + 1} is of an unknown type`, file, number);
    }
  };

  async function* counting(): AsyncIterable<Buffer> {
    for await (const chunk of archive.chunks(workbook.sheet)) {
      counter.add(chunk);
      yield chunk;
    }
  }
  await readXml(counting(), file, {
    open: (name, attributes) => {
      switch (name) {
        case 'row': {
          const next = attributes['r'] === undefined ? number + 1 : Number(attributes['r']);
          if (!(next > number)) throw refusedFile('its rows are out of order', file, number);
          number = next;
          values = [];
          holds = false;
          return;
        }
        case 'c':
          return openCell(attributes);
        case 'v':
          inValue = cell !== undefined;
          holds ||= inValue;
          return;
        default:
          if (cell === undefined) return;
          if (name === 't') {
            hasInline = true;
            holds = true;
          }
          inline.open(name);
      }
    },
    close: (name) => {
      if (name === 'v') inValue = false;
      else if (name === 'c') closeCell();
      else if (name === 'row') {
        if (holds) rows.push({ number, values });
      } else if (cell !== undefined) inline.close(name);
    },
    text: (text) => {
      if (cell === undefined) return;
      if (inValue) {
        raw.push(text);
        rawLength += text.length;
      } else inline.text(text);
      if (rawLength + inline.length() > MAX_RECORD_BYTES) {
        throw overCeiling(`a cell of more than ${MAX_RECORD_BYTES} bytes`, file, number);
      }
    },
    pause: async () => {
      if (rows.length === 0) return;
      const batch = rows;
      rows = [];
      await onRows(batch);
    },
  });
  return { counted: counter.end() };
}

/** `BC12` is column 55, counted from 1. */
function columnOf(reference: string, file: string, row: number): number {
  const [, letters] = /^([A-Z]{1,3})\d+$/.exec(reference) ?? [];
  if (letters === undefined) throw refusedFile('a cell has a place that is none', file, row);
  let column = 0;
  for (const letter of letters) column = column * 26 + (letter.charCodeAt(0) - 64);
  return column - 1;
}

/** Names columns by their place only: in a sheet that lost its header these are values of its first row. */
export function sheetHeader(row: SheetRow, file: string): readonly string[] {
  const names = [...row.values];
  while (names.at(-1) === null) names.pop();
  if (names.length > MAX_COLUMNS) {
    throw refusedFile(`the header has ${names.length} columns, and ${MAX_COLUMNS} are the most`, file, row.number);
  }
  return names.map((name, at) => {
    if (name === null || name.trim() === '')
      throw refusedFile(`column ${at + 1} of the header has no name`, file, row.number);
    const twin = names.indexOf(name);
    if (twin !== at)
      throw refusedFile(`columns ${twin + 1} and ${at + 1} of the header have the same name`, file, row.number);
    return name;
  });
}
