/** Header of a COPY BINARY stream: its signature, no flags, no extension. */
const HEADER = Buffer.from('PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0', 'latin1');
const TRAILER = Buffer.of(0xff, 0xff);
const FIRST_SIZE = 64 * 1024;

export interface TupleWriter {
  /** Adds one row of values in Postgres' binary form; null for none. */
  readonly add: (values: readonly (Uint8Array | null)[]) => void;
  /** How many bytes the next take() gives. */
  readonly pendingBytes: () => number;
  /** What was added since the last; the first begins with the header. */
  readonly take: () => Buffer;
  /** The rest, and the trailer. */
  readonly end: () => Buffer;
}

/** Writes rows as one stream in Postgres' COPY BINARY format. */
export function writeTuples(columnCount: number): TupleWriter {
  if (columnCount < 0 || columnCount > 32_767) throw new RangeError(`a row cannot have ${columnCount} columns`);
  let buffer = Buffer.allocUnsafeSlow(FIRST_SIZE);
  let length = HEADER.copy(buffer);

  const reserve = (bytes: number): void => {
    if (length + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(buffer.length * 2, length + bytes));
    buffer.copy(larger, 0, 0, length);
    buffer = larger;
  };
  const take = (): Buffer => {
    const taken = buffer.subarray(0, length);
    buffer = Buffer.allocUnsafeSlow(Math.max(FIRST_SIZE, Math.min(buffer.length, 1024 * 1024)));
    length = 0;
    return taken;
  };
  return {
    add: (values) => {
      if (values.length !== columnCount)
        throw new RangeError(`a row of ${values.length} values for ${columnCount} columns`);
      let size = 2 + 4 * columnCount;
      for (const value of values) if (value) size += value.length;
      reserve(size);
      let at = length;
      buffer[at++] = columnCount >> 8;
      buffer[at++] = columnCount;
      for (const value of values) {
        const bytes = value ? value.length : -1;
        buffer[at++] = bytes >> 24;
        buffer[at++] = bytes >> 16;
        buffer[at++] = bytes >> 8;
        buffer[at++] = bytes;
        if (!value) continue;
        // A loop beats the call of set() on the short values that most columns have.
        if (bytes > 24) buffer.set(value, at);
        else for (let byte = 0; byte < bytes; byte++) buffer[at + byte] = value[byte] as number;
        at += bytes;
      }
      length = at;
    },
    pendingBytes: () => length,
    take,
    end: () => {
      reserve(TRAILER.length);
      length += TRAILER.copy(buffer, length);
      return take();
    },
  };
}
