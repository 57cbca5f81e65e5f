import { packingOf } from './file-kind.ts';
import { landSlices } from './land-slices.ts';
import type { LandedFigures, LandingInput } from './landing.ts';
import type { ParseJob } from './parse-job.ts';
import type { OpenFile } from './read-bytes.ts';
import { readSheet, sheetHeader } from './read-sheet.ts';
import type { SheetRow } from './read-sheet.ts';
import { refusedFile } from './refuse-file.ts';
import type { Slices } from './slices.ts';
import type { UnpackedBytes } from './unpack.ts';
import { openArchive } from './unzip.ts';
import { openWorkbook } from './workbook-parts.ts';

/** Lands one sheet of each workbook; its first row that holds a value names the columns. */
export function landWorkbook(
  job: ParseJob,
  input: LandingInput,
): {
  readonly read: (file: OpenFile, counted: UnpackedBytes) => Promise<bigint>;
  readonly end: (counted: bigint) => Promise<LandedFigures>;
} {
  const landing = landSlices(input);
  return {
    read: async (file, unpacked) => {
      const { name } = file.found;
      if (packingOf(name) !== undefined) throw refusedFile('a packed workbook is not read: it is packed itself', name);
      const archive = await openArchive(file, unpacked);
      const workbook = await openWorkbook(archive, job.table.sheet, name);
      let header: readonly string[] | undefined;
      let given = 0n;
      const { counted } = await readSheet(archive, workbook, name, async (rows) => {
        let body = rows;
        if (header === undefined) {
          header = sheetHeader(rows[0] as SheetRow, name);
          landing.header(header, name);
          body = rows.slice(1);
        }
        given += BigInt(body.length);
        await landing.block(pack(body, header.length, name), name);
      });
      if (header === undefined) throw refusedFile('the sheet is empty: it has no header', name);
      if (counted !== given + 1n) {
        throw refusedFile(`${given + 1n} rows were read, but an independent count finds ${counted}`, name);
      }
      return given;
    },
    end: landing.end,
  };
}

function pack(rows: readonly SheetRow[], width: number, file: string): Slices {
  const fields = rows.length * width;
  const starts = new Int32Array(fields);
  const ends = new Int32Array(fields).fill(-1);
  const lines = new Int32Array(rows.length);
  let size = 0;
  for (const { values } of rows) for (const value of values) if (value !== null) size += Buffer.byteLength(value);
  const bytes = Buffer.allocUnsafeSlow(size);
  let length = 0;
  for (const [row, { number, values }] of rows.entries()) {
    lines[row] = number;
    for (const [field, value] of values.entries()) {
      if (value === null) continue;
      if (field >= width) throw refusedFile('the row has a value beyond the last column of the header', file, number);
      const at = row * width + field;
      starts[at] = length;
      length += bytes.write(value, length);
      ends[at] = length;
    }
  }
  return { bytes, rows: rows.length, width, starts, ends, lines };
}
