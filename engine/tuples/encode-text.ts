import type { Encoder } from './encode-value.ts';

/** Text as UTF-8; undefined for what Postgres cannot hold (NUL) or UTF-8 cannot say (half of a surrogate pair). */
export function encodeText(text: string): Buffer | undefined {
  if (text.includes('\0') || !text.isWellFormed()) return undefined;
  return Buffer.from(text);
}

/** Encoder of text of at most so many characters; longer text is refused, not cut. */
export function varcharEncoder(length: number): Encoder {
  return (text) => (text.length > length && countCharacters(text) > length ? undefined : encodeText(text));
}

export function encodeBoolean(text: string): Buffer | undefined {
  switch (text) {
    case '1':
    case 't':
    case 'true':
      return TRUE;
    case '0':
    case 'f':
    case 'false':
      return FALSE;
    default: {
      const lower = text.toLowerCase();
      return lower === text || lower.length !== text.length ? undefined : encodeBoolean(lower);
    }
  }
}

const TRUE = Buffer.of(1);
const FALSE = Buffer.of(0);

/** With its hyphens or with none. */
export function encodeUuid(text: string): Buffer | undefined {
  const hyphens = text.length === 36;
  if (!hyphens && text.length !== 32) return undefined;
  const bytes = Buffer.allocUnsafe(16);
  let at = 0;
  for (let byte = 0; byte < 16; byte++) {
    if (hyphens && (byte === 4 || byte === 6 || byte === 8 || byte === 10) && text[at++] !== '-') return undefined;
    const [high, low] = [NIBBLES[text.charCodeAt(at++)], NIBBLES[text.charCodeAt(at++)]];
    if (high === undefined || low === undefined || high > 15 || low > 15) return undefined;
    bytes[byte] = high * 16 + low;
  }
  return bytes;
}

/** What each character is worth as a hex digit. */
const NIBBLES = Uint8Array.from({ length: 128 }, (_, code) => {
  const digit = String.fromCharCode(code);
  return /[0-9a-fA-F]/.test(digit) ? Number.parseInt(digit, 16) : 255;
});

/** `\x` and hex digits. */
export function encodeBytea(text: string): Buffer | undefined {
  if (!text.startsWith('\\x') || text.length % 2 !== 0) return undefined;
  const bytes = Buffer.from(text.slice(2), 'hex');
  // Node stops at the first pair that is not hex.
  return bytes.length === text.length / 2 - 1 ? bytes : undefined;
}

/** JSON as it is, behind the number of the format. The server reads it, and refuses it when it is none. */
export function encodeJsonb(text: string): Buffer | undefined {
  const bytes = encodeText(text);
  return bytes && Buffer.concat([JSONB_VERSION, bytes]);
}

const JSONB_VERSION = Buffer.of(1);

function countCharacters(text: string): number {
  let count = 0;
  // The low half of a surrogate pair does not count again.
  for (let at = 0; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) !== 0xdc00) count++;
  return count;
}
