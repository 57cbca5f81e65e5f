import { createGunzip } from 'node:zlib';
import { Readable } from 'node:stream';
import type { OpenFile } from './read-bytes.ts';
import { overCeiling, refusedFile } from './refuse-file.ts';

/** Below so many bytes no ratio is judged: a file of one repeated line packs well. */
const JUDGED_BYTES = 100_000_000;
/** Deflate's own limit is 1032 to 1; what comes near it is made, not written. */
const MAX_RATIO = 1_000;

/** Counts unpacked bytes of all files of a table; throws when they are more than may be, or than any honest file gives. */
export interface UnpackedBytes {
  readonly add: (bytes: number, packed: { readonly bytes: number; readonly file: string }) => void;
}

export function countUnpacked(maxBytes: number): UnpackedBytes {
  let total = 0;
  const ofFile = new Map<string, number>();
  return {
    add: (bytes, packed) => {
      total += bytes;
      const unpacked = (ofFile.get(packed.file) ?? 0) + bytes;
      ofFile.set(packed.file, unpacked);
      refuseBomb(unpacked, packed);
      if (total > maxBytes) throw overCeiling(`more than ${maxBytes} bytes when unpacked`, packed.file);
    },
  };
}

/** Also for what an archive says of itself, before a byte of it is unpacked. */
export function refuseBomb(unpacked: number, packed: { readonly bytes: number; readonly file: string }): void {
  if (unpacked > JUDGED_BYTES && unpacked > packed.bytes * MAX_RATIO) {
    throw overCeiling(`unpacks to more than ${MAX_RATIO} times its size`, packed.file);
  }
}

/** The unpacked bytes of a gzip file. One that is cut off, broken, or followed by anything else is refused. */
export async function* gunzip(file: OpenFile, counted: UnpackedBytes): AsyncIterable<Buffer> {
  const unzip = createGunzip({ chunkSize: 256 * 1024 });
  const packed = Readable.from(file.chunks(), { objectMode: false });
  packed.on('error', (error) => unzip.destroy(error));
  packed.pipe(unzip);
  try {
    for await (const chunk of unzip as AsyncIterable<Buffer>) {
      counted.add(chunk.length, { bytes: file.size, file: file.found.name });
      yield chunk;
    }
  } catch (error) {
    throw zlibFault(error, file.found.name);
  } finally {
    unzip.destroy();
    packed.destroy();
  }
  // Node stops, without a word, at what does not begin as another gzip member.
  if (unzip.bytesWritten !== file.size) {
    throw refusedFile('something stands behind the end of the gzip data', file.found.name);
  }
}

/** Zlib's errors become refusals by name; ours pass. */
export function zlibFault(error: unknown, file: string): unknown {
  const code = (error as { code?: unknown } | undefined)?.code;
  if (code === 'Z_BUF_ERROR') return refusedFile('the packed data ends before its end: it looks cut off', file);
  if (typeof code === 'string' && /^(Z_|ERR_TRAILING)/.test(code)) {
    return refusedFile(`the packed data is broken (${code})`, file);
  }
  return error;
}
