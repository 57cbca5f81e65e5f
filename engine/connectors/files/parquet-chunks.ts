import { parquetScan } from 'hyparquet';
import type { AsyncBuffer, Compressors, FileMetaData } from 'hyparquet';
import { compressors as allCompressors } from 'hyparquet-compressors';
import { EngineError } from '../../errors.ts';
import { invalidParquet, RAW_PARSERS } from './parquet-columns.ts';
import type { ParquetColumn } from './parquet-columns.ts';
import type { OpenFile } from './read-bytes.ts';
import { MAX_RECORD_BYTES, overCeiling, refusedFile } from './refuse-file.ts';
import type { UnpackedBytes } from './unpack.ts';

const MAX_FOOTER_BYTES = 64 * 1024 * 1024;
/** Of one column in one row group, in memory at once. */
export const MAX_CHUNK_BYTES = 256 * 1024 * 1024;

/** One column of one row group. */
export interface DecodedColumn {
  readonly name: string;
  readonly values: (row: number) => Uint8Array | null;
  readonly texts: (string | null)[] | undefined;
}

/** One column chunk, packed into one buffer: a million small ones would need ten times the memory. */
export function compact(
  column: ParquetColumn,
  raw: ArrayLike<unknown>,
  landedAs: string,
  where: { readonly rows: number; readonly before: number; readonly file: string; readonly texts: boolean },
): DecodedColumn {
  const { rows, before, file } = where;
  const asText = landedAs === 'text' && column.type !== 'text';
  const texts: (string | null)[] | undefined = where.texts ? [] : undefined;
  const ends = new Int32Array(rows);
  const starts = new Int32Array(rows);
  let bytes = Buffer.allocUnsafeSlow(64 * 1024);
  let length = 0;
  let large: (Uint8Array | null)[] | undefined;
  for (let row = 0; row < rows; row += 1) {
    const value = raw[row];
    if (value === null || (value === undefined && column.isNested)) {
      ends[row] = -1;
      texts?.push(null);
      large?.push(null);
      continue;
    }
    const text = texts !== undefined || asText ? column.text(value) : undefined;
    const encoded = asText ? (text === undefined ? undefined : Buffer.from(text)) : column.encode(value);
    if (encoded === undefined || value === undefined) {
      const reason =
        value === undefined
          ? 'is broken: a value is missing'
          : `holds a value that has no exact form in ${column.type}`;
      throw new EngineError(
        value === undefined ? 'EXTRACT_FILE_REFUSED' : 'EXTRACT_TYPE_REFUSED',
        `column ${column.name} ${reason}`,
        {
          place: { file, line: before + row + 1 },
        },
      );
    }
    if (encoded.length > MAX_RECORD_BYTES) {
      throw overCeiling(
        `column ${column.name} has a value of more than ${MAX_RECORD_BYTES} bytes`,
        file,
        before + row + 1,
      );
    }
    texts?.push(text ?? null);
    // A dictionary may give one large value a million times: then the values stay where they are, shared.
    if (large === undefined && length + encoded.length > MAX_CHUNK_BYTES) {
      large = Array.from({ length: row }, (_, at) => (ends[at] === -1 ? null : bytes.subarray(starts[at], ends[at])));
    }
    if (large !== undefined) {
      large.push(encoded);
      continue;
    }
    if (length + encoded.length > bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(bytes.length * 2, length + encoded.length));
      bytes.copy(larger, 0, 0, length);
      bytes = larger;
    }
    bytes.set(encoded, length);
    starts[row] = length;
    length += encoded.length;
    ends[row] = length;
  }
  const values = (row: number): Uint8Array | null => {
    if (large !== undefined) return large[row] ?? null;
    return ends[row] === -1 ? null : bytes.subarray(starts[row], ends[row]);
  };
  return { name: column.name, values, texts };
}

export async function readChunk(input: {
  readonly source: AsyncBuffer;
  readonly metadata: FileMetaData;
  readonly column: ParquetColumn;
  readonly from: number;
  readonly rows: number;
  readonly compressors: Compressors;
}): Promise<ArrayLike<unknown>> {
  const { source, metadata, column, from, rows, compressors } = input;
  if (rows === 0) return [];
  // A scan of its own for each: it keeps what it read.
  const scan = await parquetScan({
    file: source,
    metadata,
    columns: [column.name],
    compressors,
    parsers: RAW_PARSERS,
    utf8: false,
    geoparquet: false,
    useOffsetIndex: false,
  });
  const values: ArrayLike<unknown> = await scan.readColumn({
    column: column.name,
    rowStart: from,
    rowEnd: from + rows,
  });
  if (values.length !== rows) throw new Error('a column has another number of values than its row group has rows');
  return values;
}

/** Counts what pages unpack to before they do. */
export function countedCompressors(file: OpenFile, counted: UnpackedBytes): Compressors {
  const { name } = file.found;
  return Object.fromEntries(
    Object.entries(allCompressors as Compressors).map(([codec, unpack]) => [
      codec,
      (input: Uint8Array, length: number): Uint8Array => {
        if (length > MAX_CHUNK_BYTES) throw overCeiling(`a page of more than ${MAX_CHUNK_BYTES} bytes`, name);
        counted.add(length, { bytes: file.size, file: name });
        return unpack(input, length);
      },
    ]),
  );
}

/** Magic numbers at both ends, and a footer that lies between them. */
export async function refuseEnds(file: OpenFile): Promise<void> {
  const { name } = file.found;
  if (file.size < 12) throw refusedFile('not a valid Parquet file, or it is cut off', name);
  const head = await file.readAt(0, 4);
  const tail = await file.readAt(file.size - 8, 8);
  const magic = tail.toString('latin1', 4);
  if (magic === 'PARE') throw refusedFile('an encrypted Parquet file is not read', name);
  if (head.toString('latin1') !== 'PAR1' || magic !== 'PAR1')
    throw refusedFile('not a valid Parquet file, or it is cut off', name);
  const footer = tail.readUInt32LE(0);
  if (footer > file.size - 12) throw refusedFile('not a valid Parquet file, or it is cut off', name);
  if (footer > MAX_FOOTER_BYTES) throw overCeiling(`a footer of more than ${MAX_FOOTER_BYTES} bytes`, name);
}

export async function guard<T>(work: () => T | Promise<T>, file: string): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw invalidParquet(error, file);
  }
}
