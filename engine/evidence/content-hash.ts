import { hash } from 'node:crypto';

/**
 * A hash of a multiset of rows, independent of their order: the sum modulo 2^256 of the SHA-256 of each row's COPY text.
 *
 * It finds every accident, and any change by someone who cannot choose tens of thousands of row values freely; against that
 * adversary a sum of hashes gives way (Wagner's generalized birthday attack, about 2^32 work), and what holds is the row hash
 * kept with each row and the ledger's chain over this sum.
 */
export interface ContentHash {
  /** Adds a row (its COPY text without the line end) and gives the row's own SHA-256. */
  readonly add: (row: Buffer) => Buffer;
  readonly rows: () => bigint;
  /** 64 hex digits; 64 zeros over no rows. */
  readonly digest: () => string;
}

const LANES = 8;
/** A lane holds a sum of 32-bit words in a double: exact up to 2^53, so carry at the latest after 2^21 rows. */
const CARRY_EVERY = 1 << 20;

export function contentHash(): ContentHash {
  // Little end first: lane 0 is the lowest 32 bits.
  const lanes = new Float64Array(LANES);
  let rows = 0n;
  let sinceCarry = 0;

  const carry = (): void => {
    let over = 0;
    for (let lane = 0; lane < LANES; lane += 1) {
      const sum = (lanes[lane] as number) + over;
      over = Math.floor(sum / 0x1_0000_0000);
      lanes[lane] = sum - over * 0x1_0000_0000;
    }
    sinceCarry = 0;
  };

  return {
    add: (row) => {
      const digest = hash('sha256', row, 'buffer');
      for (let lane = 0; lane < LANES; lane += 1) {
        lanes[lane] = (lanes[lane] as number) + digest.readUInt32BE((LANES - 1 - lane) * 4);
      }
      rows += 1n;
      sinceCarry += 1;
      if (sinceCarry >= CARRY_EVERY) carry();
      return digest;
    },
    rows: () => rows,
    digest: () => {
      carry();
      return [...lanes]
        .reverse()
        .map((word) => word.toString(16).padStart(8, '0'))
        .join('');
    },
  };
}

/** The hash of a multiset of rows after others were put in and taken out. */
export function addHashes(before: string, added: string, removed: string): string {
  const sum = BigInt(`0x${before}`) + BigInt(`0x${added}`) - BigInt(`0x${removed}`);
  return BigInt.asUintN(LANES * 32, sum)
    .toString(16)
    .padStart(LANES * 8, '0');
}
