import { createHash } from 'node:crypto';

/** Of RFC 9562's version 5 for names of ours; made once, it never changes. */
const NAMESPACE = Buffer.from('6b1f7f6d5c1b4f0e9f5a2d7c3e8a9b10', 'hex');

/** The same UUID for the same text; a text that is a UUID already stays what it is. */
export function uuidOf(text: string): string {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return text.toLowerCase();
  const bytes = createHash('sha1').update(NAMESPACE).update(text).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
