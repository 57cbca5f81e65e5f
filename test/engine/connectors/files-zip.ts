import { crc32, deflateRawSync } from 'node:zlib';

/** A zip archive: entries are stored as they are, or deflated; `packed` gives an entry's deflated bytes and what it says of itself. */
export function zip(
  entries: Readonly<
    Record<string, string | Uint8Array | { readonly packed: Uint8Array; readonly size: number; readonly crc: number }>
  >,
  options: { readonly deflate?: boolean } = {},
): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, given] of Object.entries(entries)) {
    const made = typeof given === 'object' && 'packed' in given ? given : undefined;
    const bytes = made ? Buffer.alloc(0) : Buffer.from(given as string);
    const deflated = made !== undefined || options.deflate === true;
    const data = made ? Buffer.from(made.packed) : deflated ? deflateRawSync(bytes) : bytes;
    const path = Buffer.from(name);
    const fields = Buffer.alloc(26);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(0x0800, 2);
    fields.writeUInt16LE(deflated ? 8 : 0, 4);
    fields.writeUInt32LE(made?.crc ?? crc32(bytes), 10);
    fields.writeUInt32LE(data.length, 14);
    fields.writeUInt32LE(made?.size ?? bytes.length, 18);
    fields.writeUInt16LE(path.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), fields, path, data);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x14\0', 'latin1'), fields, tail, path);
    offset += 4 + fields.length + path.length + data.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(Object.keys(entries).length, 8);
  end.writeUInt16LE(Object.keys(entries).length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}
