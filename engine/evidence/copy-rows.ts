/**
 * Splits COPY text into its rows, each without its line end. A line end inside a value is escaped in this format, so every
 * 0x0A byte ends a row; the views are valid until the next chunk is asked for.
 */
export async function* copyRows(chunks: AsyncIterable<Buffer>): AsyncIterable<Buffer[]> {
  let rest: Buffer | undefined;
  for await (const chunk of chunks) {
    const bytes: Buffer = rest === undefined ? chunk : Buffer.concat([rest, chunk]);
    const rows: Buffer[] = [];
    let start = 0;
    for (let end = bytes.indexOf(0x0a); end !== -1; end = bytes.indexOf(0x0a, start)) {
      rows.push(bytes.subarray(start, end));
      start = end + 1;
    }
    rest = start < bytes.length ? Buffer.from(bytes.subarray(start)) : undefined;
    if (rows.length > 0) yield rows;
  }
  if (rest !== undefined) throw new RangeError('COPY text ended inside a row');
}
