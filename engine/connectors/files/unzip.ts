import { crc32 } from 'node:zlib';
import { fromFdPromise } from 'yauzl';
import type { Entry, ZipFile } from 'yauzl';
import { EngineError } from '../../errors.ts';
import type { OpenFile } from './read-bytes.ts';
import { refusedFile } from './refuse-file.ts';
import { refuseBomb, zlibFault } from './unpack.ts';
import type { UnpackedBytes } from './unpack.ts';

const MAX_ENTRIES = 100_000;

/** An archive's files, by its own directory; each is unpacked in the order it is asked for. */
export interface Archive {
  readonly entries: readonly Entry[];
  /** Counted and checked against the archive's own length and CRC-32 as they come. */
  readonly chunks: (entry: Entry) => AsyncIterable<Buffer>;
}

export async function openArchive(file: OpenFile, counted: UnpackedBytes): Promise<Archive> {
  const { name } = file.found;
  // It is not closed: that would close the file, which is not its own.
  const zip = await fromFdPromise(file.fd, { autoClose: false }).catch(() => {
    throw refusedFile('not a valid zip archive, or it is cut off', name);
  });
  const entries = await listEntries(zip, file);
  return {
    entries,
    chunks: (entry) => unpack(zip, entry, file, counted),
  };
}

async function listEntries(zip: ZipFile, file: OpenFile): Promise<Entry[]> {
  const { name } = file.found;
  const entries: Entry[] = [];
  const names = new Set<string>();
  let total = 0;
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/')) continue;
      if (names.has(entry.fileName)) throw refusedFile('two entries of the archive have the same name', name);
      names.add(entry.fileName);
      total += entry.uncompressedSize;
      if (entries.push(entry) > MAX_ENTRIES)
        throw refusedFile(`the archive has more than ${MAX_ENTRIES} entries`, name);
    }
  } catch (error) {
    throw error instanceof EngineError ? error : refusedFile("the archive's directory is broken", name);
  }
  refuseBomb(total, { bytes: file.size, file: name });
  return entries;
}

async function* unpack(zip: ZipFile, entry: Entry, file: OpenFile, counted: UnpackedBytes): AsyncIterable<Buffer> {
  const name = entryName(file, entry);
  if (!entry.canDecodeFileData())
    throw refusedFile('the entry is encrypted, or packed in a way that is not read', name);
  const broken = (): Error => refusedFile('the entry is broken, or the archive is cut off', name);
  const stream = await zip.openReadStreamPromise(entry).catch(() => {
    throw broken();
  });
  let checksum = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      counted.add(chunk.length, { bytes: file.size, file: file.found.name });
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    const fault = zlibFault(error, name);
    throw fault instanceof EngineError ? fault : broken();
  } finally {
    stream.destroy();
  }
  if (checksum !== entry.crc32) throw refusedFile('the entry is broken: its checksum does not agree', name);
}

/** `ledger.zip/2024/january.csv` */
export function entryName(file: OpenFile, entry: Entry): string {
  return `${file.found.name}/${entry.fileName}`;
}
