const WORD = 2n ** 64n - 1n;

/** SipHash-2-4 with 128 bits of output, slowly and plainly: https://github.com/veorq/SipHash/blob/master/siphash.c */
export function siphashReference(key: Buffer, message: Buffer): Buffer {
  const k = [key.readBigUInt64LE(0), key.readBigUInt64LE(8)] as const;
  const v = [
    0x736f6d6570736575n ^ k[0],
    0x646f72616e646f6dn ^ k[1] ^ 0xeen,
    0x6c7967656e657261n ^ k[0],
    0x7465646279746573n ^ k[1],
  ] as [bigint, bigint, bigint, bigint];
  const padded = Buffer.alloc(Math.floor(message.length / 8) * 8 + 8);
  message.copy(padded);
  padded[padded.length - 1] = message.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const word = padded.readBigUInt64LE(at);
    v[3] ^= word;
    rounds(v, 2);
    v[0] ^= word;
  }
  const hash = Buffer.alloc(16);
  v[2] ^= 0xeen;
  rounds(v, 4);
  hash.writeBigUInt64LE(v[0] ^ v[1] ^ v[2] ^ v[3], 0);
  v[1] ^= 0xddn;
  rounds(v, 4);
  hash.writeBigUInt64LE(v[0] ^ v[1] ^ v[2] ^ v[3], 8);
  return hash;
}

function rounds(v: [bigint, bigint, bigint, bigint], count: number): void {
  for (let round = 0; round < count; round++) {
    v[0] = (v[0] + v[1]) & WORD;
    v[1] = rotate(v[1], 13n) ^ v[0];
    v[0] = rotate(v[0], 32n);
    v[2] = (v[2] + v[3]) & WORD;
    v[3] = rotate(v[3], 16n) ^ v[2];
    v[0] = (v[0] + v[3]) & WORD;
    v[3] = rotate(v[3], 21n) ^ v[0];
    v[2] = (v[2] + v[1]) & WORD;
    v[1] = rotate(v[1], 17n) ^ v[2];
    v[2] = rotate(v[2], 32n);
  }
}

function rotate(word: bigint, by: bigint): bigint {
  return ((word << by) | (word >> (64n - by))) & WORD;
}
