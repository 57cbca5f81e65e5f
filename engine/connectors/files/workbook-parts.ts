import type { Entry } from 'yauzl';
import { dateKind } from './xlsx-dates.ts';
import type { DateKind } from './xlsx-dates.ts';
import { readXml } from './read-xml.ts';
import { MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';
import type { Archive } from './unzip.ts';

/** Most characters of all shared strings together: they are held in memory. */
const MAX_SHARED = 100_000_000;

/** Where a workbook's sheet lies, and what its cells refer to. */
export interface Workbook {
  readonly sheet: Entry;
  readonly sheetName: string;
  readonly shared: readonly string[];
  /** By a cell's style. */
  readonly dates: readonly (DateKind | undefined)[];
  readonly dateSystem: 1900 | 1904;
}

export async function openWorkbook(archive: Archive, wanted: string | undefined, file: string): Promise<Workbook> {
  const part = (name: string): Entry | undefined =>
    archive.entries.find(({ fileName }) => fileName.toLowerCase() === name.toLowerCase());
  const main = part('xl/workbook.xml');
  if (main === undefined) throw refusedFile('not a workbook: it has no xl/workbook.xml', file);
  const sheets: { name: string; id: string }[] = [];
  let dateSystem: 1900 | 1904 = 1900;
  await readXml(archive.chunks(main), file, {
    open: (name, attributes) => {
      if (name === 'workbookPr' && /^(1|true)$/.test(attributes['date1904'] ?? '')) dateSystem = 1904;
      if (name !== 'sheet') return;
      const id = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1];
      sheets.push({ name: attributes['name'] ?? '', id: id ?? '' });
    },
  });
  const sheet = wanted === undefined ? sheets[0] : sheets.find(({ name }) => name === wanted);
  if (sheet === undefined)
    throw refusedFile(wanted === undefined ? 'the workbook has no sheet' : `the workbook has no sheet ${wanted}`, file);
  const targets = new Map<string, string>();
  const relations = part('xl/_rels/workbook.xml.rels');
  if (relations !== undefined) {
    await readXml(archive.chunks(relations), file, {
      open: (name, attributes) => {
        if (name === 'Relationship') targets.set(attributes['Id'] ?? '', attributes['Target'] ?? '');
      },
    });
  }
  const target = targets.get(sheet.id);
  const entry = target === undefined ? undefined : part(target.startsWith('/') ? target.slice(1) : `xl/${target}`);
  if (entry === undefined) throw refusedFile(`the workbook's sheet ${sheet.name} has no data`, file);
  return {
    sheet: entry,
    sheetName: sheet.name,
    shared: await readShared(archive, part('xl/sharedStrings.xml'), file),
    dates: await readStyles(archive, part('xl/styles.xml'), file),
    dateSystem,
  };
}

/** A text with its runs put together; what is said of its pronunciation is no part of it. */
export function textCollector(): {
  readonly open: (name: string) => void;
  readonly close: (name: string) => void;
  readonly text: (text: string) => void;
  readonly take: () => string;
  readonly length: () => number;
} {
  let parts: string[] = [];
  let length = 0;
  let inText = false;
  let spoken = 0;
  return {
    open: (name) => {
      if (name === 'rPh') spoken += 1;
      else if (name === 't' && spoken === 0) inText = true;
    },
    close: (name) => {
      if (name === 'rPh') spoken -= 1;
      else if (name === 't') inText = false;
    },
    text: (text) => {
      if (!inText) return;
      parts.push(text);
      length += text.length;
    },
    take: () => {
      const whole = unescape(parts.join(''));
      parts = [];
      length = 0;
      return whole;
    },
    length: () => length,
  };
}

/** `_x000D_` stands for the character of that number. */
export function unescape(text: string): string {
  if (!text.includes('_x')) return text;
  return text.replaceAll(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}

async function readShared(archive: Archive, entry: Entry | undefined, file: string): Promise<string[]> {
  if (entry === undefined) return [];
  const shared: string[] = [];
  const collector = textCollector();
  let total = 0;
  await readXml(archive.chunks(entry), file, {
    open: collector.open,
    close: (name) => {
      collector.close(name);
      if (name !== 'si') return;
      const text = collector.take();
      total += text.length + 16;
      if (total > MAX_SHARED) throw overCeiling(`more than ${MAX_SHARED} characters of shared strings`, file);
      shared.push(text);
    },
    text: (text) => {
      collector.text(text);
      if (collector.length() > MAX_RECORD_BYTES)
        throw overCeiling(`a text of more than ${MAX_RECORD_BYTES} bytes`, file);
    },
  });
  return shared;
}

async function readStyles(archive: Archive, entry: Entry | undefined, file: string): Promise<(DateKind | undefined)[]> {
  if (entry === undefined) return [];
  const codes = new Map<number, string>();
  const formats: number[] = [];
  let inCells = false;
  await readXml(archive.chunks(entry), file, {
    open: (name, attributes) => {
      if (name === 'numFmt') codes.set(Number(attributes['numFmtId']), attributes['formatCode'] ?? '');
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) formats.push(Number(attributes['numFmtId'] ?? '0'));
    },
    close: (name) => {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return formats.map((id) => dateKind(id, codes.get(id)));
}
