const MODULUS = 2n ** 128n;

/** Sum of two hashes modulo 2^128; each is 32 hex digits. */
export function addHashes(a: string, b: string): string {
  return print((parse(a) + parse(b)) % MODULUS);
}

/** What, added to `b`, gives `a`. */
export function subtractHashes(a: string, b: string): string {
  return print((parse(a) - parse(b) + MODULUS) % MODULUS);
}

function parse(hash: string): bigint {
  if (!/^[0-9a-f]{32}$/.test(hash)) throw new TypeError('a hash is 32 hex digits in lower case');
  return BigInt(`0x${hash}`);
}

function print(value: bigint): string {
  return value.toString(16).padStart(32, '0');
}
