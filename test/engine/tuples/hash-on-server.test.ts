import fc from 'fast-check';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encoderOf } from '../../../engine/tuples/encode-value.ts';
import { hashTuples, type HashTuplesInput } from '../../../engine/tuples/hash-tuples.ts';
import { writeTuples } from '../../../engine/tuples/write-tuples.ts';
import { createTestWarehouse, type TestWarehouse } from '../../setup/test-warehouse.ts';

const KEY = Buffer.alloc(16, 5);
let world: TestWarehouse;
let client: pg.Client;
beforeAll(async () => {
  world = await createTestWarehouse();
  client = world.source;
  await client.query(`
    create table came as
    select n as id, (n * 7.25)::numeric(12, 2) as amount, case when n % 3 = 0 then null else 'name ' || n end as name,
      timestamptz '2024-01-01 00:00Z' + n * interval '1 hour' as at, case when n % 5 = 0 then n end::smallint as small,
      case when n % 2 = 0 then null else '{"n": 1}'::jsonb end as doc
    from generate_series(1, 3000) as n`);
});
afterAll(() => world.stop());

const COLUMNS = { columns: 6, totals: [1, 0, 4], kinds: ['numeric', 'int4', 'int2'] } as const;

test('rows that went through COPY with their hash and back still have it, and one that was changed has not', async () => {
  const hashing = hashTuples({ key: KEY, ...COLUMNS, mode: 'append' });
  const streamed: Buffer[] = [];
  for await (const chunk of copyOut('copy came to stdout (format binary)'))
    streamed.push(Buffer.from(hashing.push(chunk)));
  const sent = hashing.end();
  await client.query('create table landed (like came, _row_hash uuid)');
  await pipeline(Readable.from(streamed), client.query(copyFrom('copy landed from stdin (format binary)')));
  const { rows } = await client.query(
    'select sum(amount)::text, sum(id)::text as ids, sum(small)::text as smalls from came',
  );
  expect(sent.totals).toEqual(Object.values(rows[0] as object));
  expect(await check()).toEqual({ rows: 3000n, mismatches: 0n, hash: sent.hash, totals: sent.totals, told: [] });

  // The sum of the hashes as the warehouse prints them is the content hash.
  const hashes = await client.query<{ hash: string }>(`select replace(_row_hash::text, '-', '') as hash from landed`);
  const sum = hashes.rows.reduce((total, { hash }) => total + BigInt(`0x${hash}`), 0n) % 2n ** 128n;
  expect(sum.toString(16).padStart(32, '0')).toBe(sent.hash);

  await client.query(`update landed set name = 'name x' where id = 1234`);
  const changed = await check();
  expect(changed).toMatchObject({ rows: 3000n, mismatches: 1n, totals: sent.totals, told: [1234] });
  expect(changed.hash).not.toBe(sent.hash);
});

test('a column that is added as null does not change a hash', async () => {
  const before = await hashOf('copy came to stdout (format binary)', 6);
  await client.query('alter table came add column later text');
  expect(await hashOf('copy came to stdout (format binary)', 7)).toBe(before);
});

test('numerics are added up as sum() does, whatever their scale and sign', async () => {
  const digits = fc.bigInt({ min: -(10n ** 24n), max: 10n ** 24n }).map(String);
  const value = fc.oneof(
    fc
      .tuple(digits, fc.option(fc.integer({ min: -30, max: 30 }), { nil: 0 }))
      .map(([number, power]) => `${number}e${power}`),
    fc.constantFrom('0', '0.00', '-0.0000001', '9999', '-9999.9999', '10000', '1e40', '-1e-30', '99999999'),
    fc.constantFrom('0.1', '-0.1', '1', '-1'),
  );
  const special = fc.constantFrom('NaN', 'Infinity', '-Infinity');
  const values = fc.oneof(
    { weight: 6, arbitrary: fc.array(fc.option(value), { maxLength: 30 }) },
    { weight: 1, arbitrary: fc.array(fc.option(fc.oneof(value, special)), { maxLength: 6 }) },
  );
  await fc.assert(
    fc.asyncProperty(values, async (texts) => {
      const writer = writeTuples(1);
      const encode = encoderOf('numeric');
      for (const text of texts) writer.add([text === null ? null : encode(text)!]);
      const hashing = hashTuples({ key: KEY, columns: 1, totals: [0], kinds: ['numeric'], mode: 'append' });
      hashing.push(writer.end());
      const { rows } = await client.query<{ sum: string | null }>(
        'select sum(value)::text as sum from unnest($1::numeric[]) as given (value)',
        [texts],
      );
      expect(hashing.end().totals).toEqual([rows[0]?.sum]);
    }),
    { numRuns: 300 },
  );
});

test('the largest and the smallest numerics are added up', async () => {
  const texts = [`1${'0'.repeat(131_071)}`, `0.${'0'.repeat(16_382)}1`, `-${'9'.repeat(131_072)}`];
  const writer = writeTuples(1);
  for (const text of texts) writer.add([encoderOf('numeric')(text)!]);
  const hashing = hashTuples({ key: KEY, columns: 1, totals: [0], kinds: ['numeric'], mode: 'append' });
  hashing.push(writer.end());
  const { rows } = await client.query<{ sum: string }>(
    'select sum(v::numeric)::text as sum from unnest($1::text[]) v',
    [texts],
  );
  expect(hashing.end().totals[0] === rows[0]?.sum).toBe(true);
});

function copyOut(statement: string): AsyncIterable<Buffer> {
  return client.query(copyTo(statement));
}

async function check() {
  const told: number[] = [];
  const input: HashTuplesInput = {
    key: KEY,
    ...COLUMNS,
    mode: 'check',
    onMismatch: (row) => told.push(row[0]?.readInt32BE() ?? 0),
  };
  const hashing = hashTuples(input);
  for await (const chunk of copyOut('copy landed to stdout (format binary)')) hashing.push(chunk);
  const { rows, mismatches, hash, totals } = hashing.end();
  return { rows, mismatches, hash, totals, told };
}

async function hashOf(statement: string, columns: number): Promise<string> {
  const hashing = hashTuples({ key: KEY, columns, totals: [], kinds: [], mode: 'append' });
  for await (const chunk of copyOut(statement)) hashing.push(chunk);
  return hashing.end().hash;
}
