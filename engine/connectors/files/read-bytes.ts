import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import type { FoundFile } from './parse-job.ts';
import { refusedFile } from './refuse-file.ts';

const CHUNK_BYTES = 256 * 1024;

/** A file whose bytes are hashed as they are read, and which is refused when it is not the same from the first byte to the last. */
export interface OpenFile {
  readonly found: FoundFile;
  readonly size: number;
  readonly fd: number;
  /** Each byte once, in order; what it gives is the caller's own. */
  readonly chunks: () => AsyncIterable<Buffer>;
  /** Reads anywhere; for formats whose index is at their end. */
  readonly readAt: (offset: number, length: number) => Promise<Buffer>;
  /** Reads whatever chunks() did not, and gives the hash of the whole. */
  readonly finish: () => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function openFile(found: FoundFile): Promise<OpenFile> {
  const handle = await open(found.path, constants.O_RDONLY | constants.O_NOFOLLOW).catch((error: unknown) => {
    throw refusedFile(`the file cannot be opened (${codeOf(error)})`, found.name);
  });
  const digest = createHash('sha256');
  const size = Number(found.bytes);
  let hashed = 0;

  async function* chunks(): AsyncIterable<Buffer> {
    await refuseOther(handle, found);
    for (;;) {
      const chunk = Buffer.allocUnsafeSlow(CHUNK_BYTES);
      const { bytesRead } = await read(handle, chunk, hashed, found);
      if (bytesRead === 0) return;
      hashed += bytesRead;
      const bytes = chunk.subarray(0, bytesRead);
      digest.update(bytes);
      yield bytes;
    }
  }
  return {
    found,
    size,
    fd: handle.fd,
    chunks,
    readAt: async (offset, length) => {
      const bytes = Buffer.allocUnsafeSlow(length);
      for (let filled = 0; filled < length;) {
        const { bytesRead } = await read(handle, bytes.subarray(filled), offset + filled, found);
        if (bytesRead === 0) throw refusedFile('the file ends before its end: it looks cut off', found.name);
        filled += bytesRead;
      }
      return bytes;
    },
    finish: async () => {
      for await (const _ of chunks());
      await refuseOther(handle, found);
      if (hashed !== size) throw changed(found);
      return digest.digest('hex');
    },
    close: () => handle.close(),
  };
}

/** Device, inode and time of the last change: together with its size, what tells that a file is the one that was found. */
export function identityOf(stats: { readonly dev: bigint; readonly ino: bigint; readonly mtimeNs: bigint }): string {
  return `${stats.dev}:${stats.ino}:${stats.mtimeNs}`;
}

async function refuseOther(handle: FileHandle, found: FoundFile): Promise<void> {
  const [opened, named] = await Promise.all([
    handle.stat({ bigint: true }),
    stat(found.path, { bigint: true }).catch(() => undefined),
  ]);
  for (const stats of [opened, named]) {
    if (stats === undefined || stats.size.toString() !== found.bytes || identityOf(stats) !== found.identity) {
      throw changed(found);
    }
  }
}

async function read(handle: FileHandle, into: Buffer, at: number, found: FoundFile): Promise<{ bytesRead: number }> {
  try {
    return await handle.read(into, 0, into.length, at);
  } catch (error) {
    throw refusedFile(`the file cannot be read (${codeOf(error)})`, found.name);
  }
}

function changed(found: FoundFile): Error {
  return refusedFile('the file changed while it was read', found.name);
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : 'unknown';
}
