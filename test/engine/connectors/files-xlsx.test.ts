import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import writeExcelFile from 'write-excel-file/node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serialText } from '../../../engine/connectors/files/xlsx-dates.ts';
import { catchError } from '../../setup/catch-error.ts';
import { filesFolder, parseHere } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';
import { workbook } from './files-workbook.ts';
import type { WorkbookParts } from './files-workbook.ts';

let folder: FilesFolder;
beforeAll(async () => {
  folder = await filesFolder();
});
afterAll(() => folder.stop());

const here = async (bytes: Uint8Array, table: Parameters<typeof parseHere>[1] = {}) => {
  const path = join(folder.path, 'x.xlsx');
  await writeFile(path, bytes);
  try {
    return await parseHere(path, table);
  } finally {
    await rm(path);
  }
};
const rowsOf = async (parts: WorkbookParts, table?: Parameters<typeof parseHere>[1]) =>
  (await here(workbook(parts), table)).rows;
const refusal = async (parts: WorkbookParts, table?: Parameters<typeof parseHere>[1]): Promise<string> =>
  (await catchError(() => rowsOf(parts, table))).message;
const header =
  '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c><c r="B1" t="inlineStr"><is><t>b</t></is></c></row>';

test('values come as the workbook stores them', async () => {
  const sheet = `${header}
    <row r="2"><c r="A2"><v>0.30000000000000004</v></c><c r="B2"><v>1E-3</v></c></row>
    <row r="3"><c r="A3" t="s"><v>0</v></c><c r="B3" t="s"><v>1</v></c></row>
    <row r="4"><c r="A4" t="b"><v>1</v></c><c r="B4" t="d"><v>2024-01-01</v></c></row>
    <row r="5"><c r="A5" t="str"><f>"x"&amp;1</f><v>x1</v></c><c r="B5"><f>1+1</f><v>2</v></c></row>
    <row r="6"><c r="B6" t="inlineStr"><is><r><t>é</t></r><r><t xml:space="preserve"> 😀 </t></r></is></c></row>
    <row r="7"><c r="A7" s="1"/><c r="B7"/></row>
    <row r="9"><c r="A9" t="str"><v></v></c></row>`;
  const shared =
    '<si><t>one</t></si><si><r><t>t</t></r><rPh sb="0" eb="1"><t>spoken</t></rPh><r><t>wo_x000D_\n</t></r></si>';
  const { rows, tail } = await here(workbook({ sheet, shared }));
  expect(rows).toEqual([
    ['0.30000000000000004', '1E-3'],
    ['one', 'two\r\n'],
    ['true', '2024-01-01'],
    ['x1', '2'],
    [null, 'é 😀 '],
    ['', null],
  ]);
  expect(tail.rows).toBe('6');
});

test('a number that is shown as a date comes as ISO text, and a span of time as its number', async () => {
  const styles = [14, 22, 21, 46, 164, 165, 166, 0];
  const formats = { 164: 'dd"d"\\.mm.yyyy;@', 165: '[Red]0.00" days"', 166: '[$-409]h:mm AM/PM' };
  const cells = ['45292', '45292.5', '0.75', '1.25', '45292', '3', '0.5', '45292'];
  const names = cells.map((_, at) => `<c t="inlineStr"><is><t>c${at}</t></is></c>`).join('');
  const values = cells.map((value, at) => `<c s="${at}"><v>${value}</v></c>`).join('');
  const sheet = `<row>${names}</row><row>${values}</row>`;
  expect(await rowsOf({ sheet, styles, formats })).toEqual([
    ['2024-01-01', '2024-01-01 12:00:00', '18:00:00', '1.25', '2024-01-01', '3', '12:00:00', '45292'],
  ]);
  const [first] = await rowsOf({ sheet, styles, formats, date1904: true });
  expect(first?.[0]).toBe('2028-01-02');
});

test('the days about the one that Excel counts and the calendar has not are told apart', () => {
  const day = (serial: string) => serialText(serial, 'date', 1900);
  expect(['1', '59', '60', '61', '2958465', '2958466', '-1', 'x'].map(day)).toEqual([
    '1900-01-01',
    '1900-02-28',
    undefined,
    '1900-03-01',
    '9999-12-31',
    undefined,
    undefined,
    undefined,
  ]);
  expect(serialText('45292.999999999', 'moment', 1900)).toBe('2024-01-02 00:00:00');
});

test('another sheet is found by its name, and parts may have prefixed names', async () => {
  const sheet = `${header.replaceAll(/<(\/?)/g, '<$1x:')}<x:row r="2"><x:c r="A2"><x:v>7</x:v></x:c></x:row>`;
  expect(await rowsOf({ sheet, prefix: 'x', name: 'Ledger & more' }, { sheet: 'Ledger & more' })).toEqual([
    ['7', null],
  ]);
  expect(await refusal({ sheet: header }, { sheet: 'Absent' })).toBe(
    'x.xlsx: the workbook has no sheet Absent [EXTRACT_FILE_REFUSED]',
  );
});

test('a workbook of another writer is read', async () => {
  const bytes = await writeExcelFile([
    [{ value: 'id' }, { value: 'name' }, { value: 'day' }],
    [{ value: 12.5 }, { value: 'Ann & "Bob"' }, { value: new Date('2024-02-29T00:00:00Z'), format: 'yyyy-mm-dd' }],
  ]).toBuffer();
  expect((await here(bytes)).rows).toEqual([['12.5', 'Ann & "Bob"', '2024-02-29']]);
});

test.each<[string, WorkbookParts, string]>([
  ['an empty sheet', { sheet: '' }, 'x.xlsx: the sheet is empty: it has no header'],
  [
    'an error of a formula',
    { sheet: `${header}<row r="2"><c t="e"><v>#REF!</v></c></row>` },
    'x.xlsx:2: cell 1 holds an error of a formula',
  ],
  [
    'a value beyond the header',
    { sheet: `${header}<row r="2"><c r="C2"><v>1</v></c></row>` },
    'x.xlsx:2: the row has a value beyond the last column of the header',
  ],
  [
    'a shared string that is not there',
    { sheet: `${header}<row r="2"><c t="s"><v>9</v></c></row>` },
    'x.xlsx:2: cell 1 refers to a shared string that is not there',
  ],
  ['a number that is none', { sheet: `${header}<row r="2"><c><v>1,5</v></c></row>` }, 'x.xlsx:2: cell 1 is no number'],
  ['rows out of order', { sheet: `${header}<row r="3"/><row r="2"/>` }, 'x.xlsx:3: its rows are out of order'],
  [
    'two cells at one place',
    { sheet: `${header}<row r="2"><c r="A2"/><c r="A2"/></row>` },
    'x.xlsx:2: two cells stand at the same place, or out of order',
  ],
  [
    'an unnamed column',
    { sheet: '<row r="1"><c r="B1"><v>1</v></c></row>' },
    'x.xlsx:1: column 1 of the header has no name',
  ],
  [
    'a doubled name',
    { sheet: '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>1</v></c></row>' },
    'x.xlsx:1: columns 1 and 2 of the header have the same name',
  ],
  [
    'a date that is none',
    { sheet: `${header}<row r="2"><c s="0"><v>60</v></c></row>`, styles: [14] },
    'x.xlsx:2: cell 1 is formatted as a date and is none',
  ],
  [
    'XML that is not whole',
    { sheet: `${header}<row r="2"><c></row>` },
    'x.xlsx: the workbook is broken: a part of it is not valid XML',
  ],
  [
    'entities of its own',
    { sheet: header, prolog: '<!DOCTYPE x [<!ENTITY a "b">]>' },
    'x.xlsx: the workbook is broken: a part of it is not valid XML',
  ],
])('%s is refused with its row', async (_, parts, said) => {
  expect(await refusal(parts)).toContain(said);
});
