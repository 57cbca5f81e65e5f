import { workbook } from '../../engine/connectors/files-workbook.ts';
import type { SubjectRow, TortureCase } from '../subject.ts';
import { DECLARED_TORTURE, filesSubject } from './files-tables.ts';

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('\r', '_x000D_');
const textCell = (text: string): string => `<c t="inlineStr"><is><t xml:space="preserve">${escape(text)}</t></is></c>`;
const NUMBERS = new Set(['integer', 'bigint', 'numeric']);

function bytes(rows: readonly (readonly string[])[], styles: readonly number[] = []): Buffer {
  return workbook({ sheet: rows.map((cells) => `<row>${cells.join('')}</row>`).join(''), styles });
}

/** A cell as it stands in the sheet, and its text. */
const CELLS: readonly (readonly [string, string | null | undefined])[] = [
  ['<c/>', null],
  ['<c t="inlineStr"><is><t></t></is></c>', ''],
  [textCell(' é🧾\n&<'), ' é🧾\n&<'],
  ['<c><v>0.30000000000000004</v></c>', '0.30000000000000004'],
  ['<c><v>12345678901234567890</v></c>', '12345678901234567890'],
  ['<c><v>-1.5E-7</v></c>', '-1.5E-7'],
  ['<c t="b"><v>0</v></c>', 'false'],
  ['<c t="str"><f>1&amp;2</f><v>12</v></c>', '12'],
  ['<c s="1"><v>45292</v></c>', '2024-01-01'],
  ['<c s="2"><v>45292.75</v></c>', '2024-01-01 18:00:00'],
  ['<c s="3"><v>0.5</v></c>', '12:00:00'],
  ['<c s="4"><v>1.5</v></c>', '1.5'],
  ['<c t="d"><v>2024-01-01T00:00:00</v></c>', '2024-01-01T00:00:00'],
  [textCell('x'.repeat(1_000_000)), 'x'.repeat(1_000_000)],
  ['<c s="1"><v>60</v></c>', undefined],
  ['<c t="e"><v>#DIV/0!</v></c>', undefined],
  ['<c t="s"><v>7</v></c>', undefined],
  ['<c t="b"><v>2</v></c>', undefined],
  ['<c><v>1,5</v></c>', undefined],
  [textCell('a_x0000_b'), undefined],
];

export const filesXlsx = filesSubject({
  kind: 'files xlsx',
  ending: 'xlsx',
  write: (columns, rows) =>
    bytes([
      columns.map(({ name }) => textCell(name)),
      ...rows.map((row: SubjectRow) =>
        columns.map(({ type }, at) => {
          const value = row[at] ?? null;
          if (value === null) return '<c/>';
          return NUMBERS.has(type) ? `<c><v>${value}</v></c>` : textCell(value);
        }),
      ),
    ]),
  torture: [
    ...CELLS.map(([given, landed]): TortureCase => ({
      type: 'cell',
      given,
      landed: landed === undefined ? { refused: 'value' } : landed,
    })),
    ...DECLARED_TORTURE,
  ],
  writeTorture: ({ type, given }) => ({
    bytes: bytes(
      [
        [textCell('id'), textCell('value')],
        ['<c><v>1</v></c>', type === 'cell' ? given : textCell(given)],
      ],
      [0, 14, 22, 21, 46],
    ),
    ...(type === 'cell' ? {} : { type }),
  }),
});
