import { brokenStream, copyHeaderEnd } from './copy-header.ts';

/**
 * Reads rows of raw fields from a COPY BINARY stream in chunks of any size, about a chunk's rows at a time. The fields
 * share the chunks' memory, which may be written over once the next chunk is asked for. Throws when the stream is not whole: cut off, no trailer, or anything after it.
 */
export async function* readTuples(chunks: AsyncIterable<Buffer>): AsyncGenerator<(Buffer | null)[][]> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  let needed = 0;
  let state: 'header' | 'tuples' | 'ended' = 'header';
  for await (const chunk of chunks) {
    held.push(chunk);
    heldBytes += chunk.length;
    // A large row is put together once, when it is there, and not again with each chunk.
    if (heldBytes < needed) {
      held[held.length - 1] = Buffer.from(chunk);
      continue;
    }
    const bytes = held.length === 1 ? chunk : Buffer.concat(held, heldBytes);
    let at = 0;
    needed = 0;
    if (state === 'header') {
      const end = copyHeaderEnd(bytes);
      if (end > bytes.length) needed = end;
      else {
        at = end;
        state = 'tuples';
      }
    }
    if (state === 'tuples') {
      const rows: (Buffer | null)[][] = [];
      while (at + 2 <= bytes.length) {
        const columns = bytes.readInt16BE(at);
        if (columns === -1) {
          at += 2;
          state = 'ended';
          break;
        }
        if (columns < 0) throw brokenStream('a row has no field count');
        const end = tupleEnd(bytes, at + 2, columns);
        if (end > bytes.length) {
          needed = end - at;
          break;
        }
        rows.push(fieldsOf(bytes, at + 2, columns));
        at = end;
      }
      if (rows.length > 0) yield rows;
    }
    if (state === 'ended' && at < bytes.length) throw brokenStream('something comes after its end');
    held = at === bytes.length ? [] : [Buffer.from(bytes.subarray(at))];
    heldBytes = bytes.length - at;
  }
  if (state !== 'ended') throw brokenStream('it was cut off');
}

/** Where a row's fields end, or a place past the end of the bytes when they are not all there. */
function tupleEnd(bytes: Buffer, start: number, columns: number): number {
  let at = start;
  for (let column = 0; column < columns; column++) {
    if (at + 4 > bytes.length) return at + 4 * (columns - column);
    const length = bytes.readInt32BE(at);
    if (length < -1) throw brokenStream('a field has no length');
    at += 4 + Math.max(length, 0);
  }
  return at;
}

/** The fields of a row whose first stands at `start`; they share the bytes' memory. */
export function fieldsOf(bytes: Buffer, start: number, columns: number): (Buffer | null)[] {
  const fields: (Buffer | null)[] = [];
  let at = start;
  for (let column = 0; column < columns; column++) {
    const length = bytes.readInt32BE(at);
    at += 4;
    fields.push(length < 0 ? null : bytes.subarray(at, at + length));
    at += Math.max(length, 0);
  }
  return fields;
}
