/**
 * Rows as places in one buffer of UTF-8 bytes: no value is made for a field that only passes through. The arrays are filled
 * anew for the next block of rows.
 */
export interface Slices {
  readonly bytes: Buffer;
  readonly rows: number;
  /** Fields of a row; field f of row r is at r * width + f. */
  readonly width: number;
  readonly starts: Int32Array;
  /** Behind a field's last byte; -1 when it has no value. */
  readonly ends: Int32Array;
  /** Line, or number of the row, that each row ends on. */
  readonly lines: Int32Array;
}

export function sliceText(slices: Slices, at: number): string | null {
  const end = slices.ends[at] as number;
  return end === -1 ? null : slices.bytes.toString('utf8', slices.starts[at], end);
}
