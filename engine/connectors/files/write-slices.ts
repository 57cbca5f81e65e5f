import { writeTuples } from '../../tuples/write-tuples.ts';
import type { Slices } from './slices.ts';

const FIRST_BYTES = 512 * 1024;

/**
 * Writes rows in COPY BINARY format from their places in a buffer, the text columns' bytes as they are: what write-tuples does
 * for values, without making one of each.
 */
export interface SliceWriter {
  /** `from` has each landed column's field, -1 for none; `encoded` what takes a field's place, where it has one. */
  readonly add: (slices: Slices, row: number, encoded: readonly (Buffer | null | undefined)[]) => void;
  readonly pendingBytes: () => number;
  readonly take: () => Buffer;
  readonly end: () => Buffer;
}

export function writeSlices(from: readonly number[]): SliceWriter {
  const columns = from.length;
  const frame = writeTuples(columns);
  let buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
  let length = frame.take().copy(buffer);

  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const take = (): Buffer => {
    const taken = buffer.subarray(0, length);
    buffer = Buffer.allocUnsafeSlow(FIRST_BYTES);
    length = 0;
    return taken;
  };
  return {
    add: ({ bytes, width, starts, ends }, row, encoded) => {
      const first = row * width;
      let size = 2 + 4 * columns;
      for (let column = 0; column < columns; column += 1) {
        const at = from[column] as number;
        const value = encoded[column];
        if (value !== undefined) size += value === null ? 0 : value.length;
        else if (at !== -1) {
          const end = ends[first + at] as number;
          if (end !== -1) size += end - (starts[first + at] as number);
        }
      }
      reserve(size);
      const target = buffer;
      let to = length;
      target[to] = columns >> 8;
      target[to + 1] = columns;
      to += 2;
      for (let column = 0; column < columns; column += 1) {
        const at = from[column] as number;
        const value = encoded[column];
        let source: Buffer = bytes;
        let start = 0;
        let count = -1;
        if (value !== undefined) {
          if (value !== null) {
            source = value;
            count = value.length;
          }
        } else if (at !== -1) {
          const end = ends[first + at] as number;
          if (end !== -1) {
            start = starts[first + at] as number;
            count = end - start;
          }
        }
        target[to] = count >> 24;
        target[to + 1] = count >> 16;
        target[to + 2] = count >> 8;
        target[to + 3] = count;
        to += 4;
        // A loop beats the call of copy() on the short values that most columns have.
        if (count > 32) source.copy(target, to, start, start + count);
        else for (let byte = 0; byte < count; byte += 1) target[to + byte] = source[start + byte] as number;
        if (count > 0) to += count;
      }
      length = to;
    },
    pendingBytes: () => length,
    take,
    end: () => {
      const trailer = frame.end();
      reserve(trailer.length);
      length += trailer.copy(buffer, length);
      return take();
    },
  };
}
