import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { postgresAt, runDiff, tableOf, tallyOf } from './run-diff.ts';

let world: TestWarehouse;
beforeAll(async () => {
  world = await createTestWarehouse();
});
afterAll(() => world.stop());

type Row = Record<string, string | null>;

/** Mulberry32: the same numbers from the same seed everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const COLUMNS = 'id bigint, code text, amount numeric(15,2), big bigint, at timestamptz, note text, flag boolean';
const NAMES = COLUMNS.split(', ').map((column) => column.split(' ')[0] ?? '');

function rowsFrom(random: (below: number) => number): Row[] {
  return Array.from({ length: 300 }, (_, at) => ({
    id: String(at * 3 + random(3)),
    code: `${'ab'[random(2)]}-${at}`,
    amount: `${random(2) ? '-' : ''}${random(50)}.${random(10)}0`,
    big: String(BigInt(random(4)) * 2n ** 32n + BigInt(random(3))),
    at: `2026-01-0${1 + random(9)} 00:00:0${random(10)}+00`,
    note: random(9) === 0 ? null : 'abc'.slice(random(3)),
    flag: ['true', 'false', null][random(3)] ?? null,
  }));
}

/** Few edits in a random order: rows taken out, put in, doubled, and values negated, folded, swapped, moved in time. */
function edited(rows: readonly Row[], random: (below: number) => number): Row[] {
  const copy = rows.map((row) => ({ ...row }));
  for (let edits = random(9); edits > 0; edits -= 1) {
    const [row, other] = [copy[random(copy.length)], copy[random(copy.length)]];
    if (row === undefined || other === undefined) break;
    const kind = random(8);
    if (kind === 0) copy.splice(copy.indexOf(row), 1);
    else if (kind === 1) copy.push({ ...row, id: String(5_000 + edits), code: `new-${edits}` });
    else if (kind === 2) row['amount'] = `${-Number(row['amount'])}`;
    else if (kind === 3) row['big'] = String(BigInt(row['big'] ?? 0) ^ (2n ** 32n) ^ 1n);
    else if (kind === 4) [row['note'], other['note']] = [other['note'] ?? null, row['note'] ?? null];
    else if (kind === 5) row['at'] = `2026-01-01 02:00:0${random(10)}+02`;
    else if (kind === 6) row['flag'] = row['flag'] === null ? 'false' : null;
    else copy.push({ ...row });
  }
  return copy;
}

async function write(client: TestWarehouse['source'], rows: readonly Row[], key: string): Promise<void> {
  await client.query(`drop table if exists t; create table t (${COLUMNS})`);
  await client.query('insert into t select * from json_populate_recordset(null::t, $1)', [JSON.stringify(rows)]);
  await client.query(`create index on t (${key})`);
}

/** The comparison that takes no short cut: all rows as the server prints them, one by one. */
async function naive(key: readonly string[]): Promise<string> {
  const groups = new Map<string, { a: Row[]; b: Row[] }>();
  for (const [side, client] of [
    ['a', world.source],
    ['b', world.intruder],
  ] as const) {
    for (const row of (await client.query('select * from t')).rows as Row[]) {
      const id = JSON.stringify(key.map((name) => row[name]));
      const group = groups.get(id) ?? { a: [], b: [] };
      groups.set(id, group);
      group[side].push(row);
    }
  }
  const counts = { same: 0, changed: 0, onlyA: 0, onlyB: 0, doubledA: 0, doubledB: 0 };
  for (const { a, b } of groups.values()) {
    if (a.length > 1 || b.length > 1) {
      counts.doubledA += a.length > 1 ? 1 : 0;
      counts.doubledB += b.length > 1 ? 1 : 0;
    } else if (a.length === 0) counts.onlyB += 1;
    else if (b.length === 0) counts.onlyA += 1;
    else counts[NAMES.every((name) => a[0]?.[name] === b[0]?.[name]) ? 'same' : 'changed'] += 1;
  }
  return JSON.stringify(counts);
}

async function ours(key: readonly string[], seed: number): Promise<string> {
  const { result } = await runDiff(
    tableOf('a', postgresAt(world.sourceUrl)),
    tableOf('b', postgresAt(world.sourceUrl.replace(/[^/]+$/, world.url.slice(world.url.lastIndexOf('/') + 1)))),
    { key, seed, bucketRows: 16 },
  );
  const { same, changed, onlyA, onlyB, doubledA, doubledB } = result;
  const counts = { same, changed, onlyA, onlyB, doubledA, doubledB };
  return JSON.stringify(Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, Number(count)])));
}

test.each([
  ['a whole number with an index', ['id']],
  ['a text', ['code']],
  ['a text and a whole number', ['code', 'id']],
])('random tables with random edits differ as a naive comparison says, by %s', async (_, key) => {
  for (let seed = 1; seed <= 12; seed += 1) {
    const random = randomFrom(seed);
    const rows = rowsFrom(random);
    await write(world.source, rows, key[0] ?? '');
    await write(world.intruder, edited(rows, random), key[0] ?? '');
    expect(await ours(key, seed), `seed ${seed}`).toBe(await naive(key));
  }
});

test('the naive comparison tells when one value more is changed', async () => {
  const rows = rowsFrom(randomFrom(1));
  await write(world.source, rows, 'id');
  await write(world.intruder, rows, 'id');
  const before = await naive(['id']);
  await world.intruder.query('update t set amount = amount + 0.01 where id = (select min(id) from t)');
  expect(await naive(['id'])).not.toBe(before);
  expect(await ours(['id'], 1)).toBe(await naive(['id']));
});

test('a key far from all others leaves no bucket too large to be held', async () => {
  const fill =
    'insert into t (id, amount) select i, i from generate_series(1, 3000) i union all select 1000000000000000, 1';
  for (const client of [world.source, world.intruder]) {
    await client.query(`drop table if exists t; create table t (${COLUMNS}, primary key (id)); ${fill}; analyze t`);
  }
  await world.intruder.query('update t set amount = -amount where id in (17, 2017)');
  const compared = await runDiff(
    tableOf('a', postgresAt(world.sourceUrl)),
    tableOf('b', postgresAt(world.sourceUrl.replace(/[^/]+$/, world.url.slice(world.url.lastIndexOf('/') + 1)))),
    { bucketRows: 64 },
  );
  expect(tallyOf(compared)).toBe('2999 same, 2 changed (amount 2), 0 only a, 0 only b');
  expect(new Set(compared.differences.map(({ key }) => key['id']))).toEqual(new Set(['17', '2017']));
  expect(compared.result.fetched).toBeLessThan(500n);
});

test('of equal tables nothing is fetched', async () => {
  const rows = rowsFrom(randomFrom(3));
  for (const client of [world.source, world.intruder]) await write(client, rows, 'id');
  const { result } = await runDiff(
    tableOf('a', postgresAt(world.sourceUrl)),
    tableOf('b', postgresAt(world.sourceUrl.replace(/[^/]+$/, world.url.slice(world.url.lastIndexOf('/') + 1)))),
  );
  expect([result.isSame, result.same, result.fetched, result.method]).toEqual([true, 300n, 0n, 'hash']);
});
