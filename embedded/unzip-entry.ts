import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

/** Unpacks the one entry whose name ends so into a file; for archives below 4 GB whose hash was checked before. */
export async function unzipEntry(options: {
  archive: string;
  suffix: string;
  to: string;
  mode: number;
}): Promise<void> {
  const file = await open(options.archive);
  try {
    const entry = findEntry(await readDirectory(file), options.suffix);
    const start = await dataStart(file, entry.headerAt);
    const packed = createReadStream(options.archive, { start, end: start + entry.packedBytes - 1 });
    const target = createWriteStream(options.to, { mode: options.mode });
    if (entry.method === deflated) await pipeline(packed, createInflateRaw(), target);
    else await pipeline(packed, target);
    if (target.bytesWritten !== entry.bytes) throw new Error(`${options.archive} is cut short`);
  } finally {
    await file.close();
  }
}

interface Entry {
  readonly method: number;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly headerAt: number;
}

// Offsets and signatures: APPNOTE.TXT, sections 4.3.7 (local header), 4.3.12 (directory) and 4.3.16 (end record).
const deflated = 8;
const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;

async function readDirectory(file: FileHandle): Promise<Buffer> {
  const { size } = await file.stat();
  const longestEnd = 22 + 65_535;
  const tail = await readAt(file, Math.max(0, size - longestEnd), Math.min(size, longestEnd));
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) === endSignature) {
      return readAt(file, tail.readUInt32LE(at + 16), tail.readUInt32LE(at + 12));
    }
  }
  throw new Error('not a zip archive');
}

function findEntry(directory: Buffer, suffix: string): Entry {
  let at = 0;
  while (at + 46 <= directory.length && directory.readUInt32LE(at) === entrySignature) {
    const nameBytes = directory.readUInt16LE(at + 28);
    const name = directory.toString('utf8', at + 46, at + 46 + nameBytes);
    if (name.endsWith(suffix)) {
      return {
        method: directory.readUInt16LE(at + 10),
        packedBytes: directory.readUInt32LE(at + 20),
        bytes: directory.readUInt32LE(at + 24),
        headerAt: directory.readUInt32LE(at + 42),
      };
    }
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  throw new Error(`the zip archive has no entry ending in ${suffix}`);
}

async function dataStart(file: FileHandle, headerAt: number): Promise<number> {
  const header = await readAt(file, headerAt, 30);
  return headerAt + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}
