import { createHmac } from 'node:crypto';
import type { DeclaredSource } from '../contracts/project.ts';
import type { LandedColumn } from '../contracts/pull.ts';
import { EngineError } from '../errors.ts';
import { readTuples } from '../tuples/read-tuples.ts';
import { writeTuples } from '../tuples/write-tuples.ts';

type Mask = (value: Buffer) => Buffer;

/**
 * Replaces personal data in rows on their way: `hash` by the HMAC-SHA256 of the value under the project's key (64 hex digits, so
 * that equal values stay equal), `last4` by four stars and the last four characters, or four stars alone when the value has
 * fewer than nine. `drop` never came. Rows without such columns pass untouched.
 */
export function maskRows(
  rows: AsyncIterable<Buffer>,
  input: {
    readonly table: DeclaredSource;
    readonly columns: readonly LandedColumn[];
    readonly piiKey: string | undefined;
  },
): AsyncIterable<Buffer> {
  const masks = masksOf(input);
  return masks.every((mask) => mask === null) ? rows : masked(rows, masks);
}

async function* masked(rows: AsyncIterable<Buffer>, masks: readonly (Mask | null)[]): AsyncIterable<Buffer> {
  const writer = writeTuples(masks.length);
  for await (const batch of readTuples(rows)) {
    for (const row of batch) {
      writer.add(
        row.map((value, at) => {
          const mask = masks[at] ?? null;
          return value === null || mask === null ? value : mask(value);
        }),
      );
    }
    yield writer.take();
  }
  yield writer.end();
}

function masksOf(input: Parameters<typeof maskRows>[1]): readonly (Mask | null)[] {
  const { table, columns, piiKey } = input;
  return columns.map(({ name, type }) => {
    const pii = table.columns.find((column) => column.name === name)?.pii;
    if (pii === undefined) return null;
    // A connector that gave such a column as it is would land personal data in clear.
    if (pii === 'drop' || type !== 'text') throw new TypeError(`column ${name} of ${table.name} came unmasked`);
    if (pii === 'last4') return lastFour;
    if (piiKey === undefined) {
      throw new EngineError('CONFIG_INVALID', `column ${name} is to be hashed, but tickmark.yml has no pii_key`, {
        place: { file: table.declaredIn, line: table.line },
      });
    }
    return (value) => Buffer.from(createHmac('sha256', piiKey).update(value).digest('hex'));
  });
}

function lastFour(value: Buffer): Buffer {
  const characters = Array.from(value.toString('utf8'));
  return Buffer.from(`****${characters.length < 9 ? '' : characters.slice(-4).join('')}`);
}
