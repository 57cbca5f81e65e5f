import { mkdtemp, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineError } from '../../errors.ts';

/**
 * Pages kept between the asking and the landing, because only the last page tells which columns there are and what the largest
 * cursor is, and asking again would give another moment. A file that has no name any more: it ends with the process, whatever
 * ends that.
 */
export interface Spool {
  readonly add: (page: Buffer) => Promise<void>;
  /** All pages in their order. */
  readonly pages: () => AsyncIterable<Buffer>;
  /** Safe to repeat. */
  readonly close: () => Promise<void>;
}

export async function openSpool(): Promise<Spool> {
  const lengths: number[] = [];
  let end = 0;
  let file: FileHandle | undefined;
  const folder = await keeping(() => mkdtemp(join(tmpdir(), 'tickmark-pages-')));
  try {
    file = await keeping(() => open(join(folder, 'pages'), 'wx+', 0o600));
  } finally {
    // Where an open file cannot be removed, close() does it.
    await rm(folder, { recursive: true, force: true }).catch(() => undefined);
  }
  const kept = file;
  return {
    add: async (page) => {
      for (let at = 0; at < page.length;) {
        const { bytesWritten } = await keeping(() => kept.write(page, at, page.length - at, end + at));
        at += bytesWritten;
      }
      lengths.push(page.length);
      end += page.length;
    },
    pages: async function* () {
      let start = 0;
      for (const length of lengths) {
        const page = Buffer.allocUnsafeSlow(length);
        for (let at = 0; at < length;) {
          const { bytesRead } = await keeping(() => kept.read(page, at, length - at, start + at));
          if (bytesRead === 0) throw new EngineError('EXTRACT_FAILED', 'the kept pages end too early');
          at += bytesRead;
        }
        yield page;
        start += length;
      }
    },
    close: async () => {
      await file?.close();
      file = undefined;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function keeping<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (typeof code !== 'string') throw error;
    throw new EngineError('EXTRACT_FAILED', `pages cannot be kept in the folder for temporary files (${code})`);
  }
}
