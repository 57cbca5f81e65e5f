import { zip } from './files-zip.ts';

export interface WorkbookParts {
  /** What stands in the sheet's `sheetData`. */
  readonly sheet: string;
  /** What stands in the shared strings' `sst`. */
  readonly shared?: string;
  /** The number format of each style, and the codes of formats of its own. */
  readonly styles?: readonly number[];
  readonly formats?: Readonly<Record<number, string>>;
  readonly date1904?: boolean;
  readonly name?: string;
  /** Of the names of the sheet's elements. */
  readonly prefix?: string;
  readonly prolog?: string;
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
const HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** A workbook of one sheet, its parts as they are given. */
export function workbook(parts: WorkbookParts): Buffer {
  const { sheet, shared, styles = [], formats = {}, date1904 = false, name = 'Sheet1', prefix, prolog = '' } = parts;
  const p = prefix === undefined ? '' : `${prefix}:`;
  const codes = Object.entries(formats).map(([id, code]) => `<numFmt numFmtId="${id}" formatCode="${escape(code)}"/>`);
  return zip(
    {
      'xl/workbook.xml': `${HEAD}<workbook xmlns:r="r"><workbookPr date1904="${date1904 ? 1 : 0}"/><sheets><sheet name="${escape(name)}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': `${HEAD}<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
      'xl/worksheets/sheet1.xml': `${HEAD}${prolog}<${p}worksheet><${p}sheetData>${sheet}</${p}sheetData></${p}worksheet>`,
      'xl/styles.xml': `${HEAD}<styleSheet><numFmts>${codes.join('')}</numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${styles.map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs></styleSheet>`,
      ...(shared === undefined ? {} : { 'xl/sharedStrings.xml': `${HEAD}<sst>${shared}</sst>` }),
    },
    { deflate: true },
  );
}
