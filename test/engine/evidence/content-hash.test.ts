import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentHash } from '../../../engine/evidence/content-hash.ts';

const digestOf = (rows: readonly Uint8Array[]): string => {
  const content = contentHash();
  for (const row of rows) content.add(Buffer.from(row));
  return content.digest();
};
/** The sum as the definition says it, in integers without limit. */
const reference = (rows: readonly Uint8Array[]): string =>
  (rows.reduce((sum, row) => sum + BigInt(`0x${createHash('sha256').update(row).digest('hex')}`), 0n) % 2n ** 256n)
    .toString(16)
    .padStart(64, '0');

const someRows = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 30 });

test('it is the sum of the hashes of the rows, modulo 2^256', () => {
  expect(digestOf([])).toBe('0'.repeat(64));
  // FIPS 180-2, appendix B.1.
  expect(digestOf([Buffer.from('abc')])).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  fc.assert(
    fc.property(someRows, (rows) => {
      expect(digestOf(rows)).toBe(reference(rows));
    }),
  );
});

test('carries are kept over more rows than a lane can hold at once', () => {
  // A row with an odd 32-bit word above 0xf8000000: 2^21 * 32 / 31 of them go past 2^53, where a double drops the last bit.
  const count = 2_250_001;
  const row = Array.from({ length: 10_000 }, (_, n) => Buffer.from(`row ${n}`)).find((each) => {
    const last = createHash('sha256').update(each).digest().readUInt32BE(28);
    return last > 0xf8000000 && last % 4 === 3;
  }) as Buffer;
  const content = contentHash();
  for (let at = 0; at < count; at += 1) content.add(row);
  const one = BigInt(`0x${createHash('sha256').update(row).digest('hex')}`);
  expect(content.digest()).toBe(((one * BigInt(count)) % 2n ** 256n).toString(16).padStart(64, '0'));
  expect(content.rows()).toBe(BigInt(count));
});

test('the digest can be asked for at any time and goes on', () => {
  const content = contentHash();
  content.add(Buffer.from('a'));
  expect(content.digest()).toBe(reference([Buffer.from('a')]));
  content.add(Buffer.from('b'));
  expect(content.digest()).toBe(reference([Buffer.from('a'), Buffer.from('b')]));
});

test('the order of the rows makes no difference', () => {
  const shuffled = someRows.chain((rows) =>
    fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length, maxLength: rows.length })),
  );
  fc.assert(
    fc.property(shuffled, ([rows, others]) => {
      expect(digestOf(others)).toBe(digestOf(rows));
    }),
  );
});

test('one changed bit, one row more, fewer or doubled makes another hash', () => {
  const rows = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(rows, fc.nat(), fc.nat(), (given, at, bit) => {
      const row = given[at % given.length] as Uint8Array;
      const changed = Uint8Array.from(row);
      const byte = (bit >> 3) % row.length;
      changed[byte] = (changed[byte] as number) ^ (1 << (bit & 7));
      const whole = digestOf(given);
      expect(digestOf(given.with(at % given.length, changed))).not.toBe(whole);
      expect(digestOf([...given, row])).not.toBe(whole);
      expect(digestOf(given.toSpliced(at % given.length, 1))).not.toBe(whole);
    }),
  );
});

test('every row gets its own SHA-256 back', () => {
  expect(contentHash().add(Buffer.from('abc')).toString('hex')).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
