import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { OpenSource } from '../../../engine/connectors/connector.ts';
import { readTuples } from '../../../engine/tuples/read-tuples.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable, withPostgres } from './read-postgres.ts';
import { readTable } from './read-table.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.source.query(
    `create table public.accounts as select n as id, 100 as amount from generate_series(0, 99) as n;
     create table public.mirror as select * from public.accounts`,
  );
});
afterAll(() => db.stop());

/** Runs work while a writer moves money from one table to the other, and adds rows that cancel out; gives how often it did. */
async function whileMoneyMoves(work: () => Promise<void>): Promise<number> {
  let writing = true;
  let writes = 0;
  const writer = (async () => {
    while (writing) {
      writes += 1;
      await db.source.query(
        `begin; update public.accounts set amount = amount - 7 where id = ${writes % 100};
         update public.mirror set amount = amount + 7 where id = ${writes % 100};
         insert into public.accounts values (-${writes}, 3), (-${writes}, -3);
         delete from public.accounts where id = ${50 - writes} and id < 0; commit`,
      );
    }
  })();
  try {
    await work();
  } finally {
    writing = false;
    await writer;
  }
  return writes;
}

/** The sum of the rows that came, which has to be the source's own sum. */
async function sumOf(open: OpenSource, name: string): Promise<number> {
  const read = await readTable(open, { name, control_totals: ['amount'] });
  let sum = 0;
  let count = 0n;
  for await (const rows of readTuples(read.rows)) {
    for (const [, amount] of rows) {
      sum += amount?.readInt32BE() ?? 0;
      count += 1n;
    }
  }
  const figures = await read.figures();
  expect(figures).toMatchObject({ rows: count, totals: [{ column: 'amount', sum: String(sum) }] });
  return sum;
}

test('tables read at once are of one moment while others write, in 200 of 200 pulls', async () => {
  let torn = 0;
  const writes = await whileMoneyMoves(async () => {
    for (let pull = 0; pull < 200; pull += 1) {
      const [left, right] = await withPostgres(db, (open) =>
        Promise.all([sumOf(open, 'accounts'), sumOf(open, 'mirror')]),
      );
      if (left + right !== 20_000) torn += 1;
    }
  });
  expect(writes).toBeGreaterThan(200);
  expect(torn).toBe(0);
});

test('the control: two sources that do not share a moment soon see money that is in neither table, or in both', async () => {
  let torn = 0;
  await whileMoneyMoves(async () => {
    for (let pull = 0; pull < 200 && torn === 0; pull += 1) {
      const sums = await withPostgres(db, (one) =>
        withPostgres(db, (other) => Promise.all([sumOf(one, 'accounts'), sumOf(other, 'mirror')])),
      );
      if (sums[0] + sums[1] !== 20_000) torn += 1;
    }
  });
  expect(torn).toBe(1);
});

test('many tables are read with no more sessions than were allowed', async () => {
  const names = Array.from({ length: 12 }, (_, at) => `many_${at}`);
  for (const name of names) {
    await db.source.query(
      `create table public.${name} as select n, repeat('x', 500) from generate_series(1, 2000) as n`,
    );
  }
  let most = 0;
  let counting = Promise.resolve();
  const count = (): Promise<void> =>
    (counting = counting.then(async () => {
      most = Math.max(most, await sessions());
    }));
  await withPostgres(db, async (open) => {
    expect(open.parallel).toBe(2);
    const reading = Promise.all(
      names.map(async (name) => {
        const read = await readTable(open, { name });
        for await (const _chunk of read.rows) await count();
        return (await read.figures()).rows;
      }),
    );
    expect(await reading).toEqual(names.map(() => 2000n));
  });
  // The holder, and two a table.
  expect(most).toBeGreaterThan(2);
  expect(most).toBeLessThanOrEqual(5);
  expect(await sessions()).toBe(0);
});

async function sessions(): Promise<number> {
  const { rows } = await db.source.query<{ count: string }>(
    `select count(*) from pg_stat_activity where application_name = 'tickmark extract' and datname = current_database()`,
  );
  return Number(rows[0]?.count);
}

async function withRole<T>(options: string, work: (url: string) => Promise<T>): Promise<T> {
  const role = `limited_${process.pid}`;
  await db.source.query(`create role ${role} login password 'x' ${options}; grant pg_read_all_data to ${role}`);
  try {
    return await work(db.sourceUrl.replace(/:\/\/[^@]+@/, `://${role}:x@`));
  } finally {
    await db.source.query(`drop role ${role}`);
  }
}

test('a server that does not let its moment be shared is read in one session, and the evidence says so', async () => {
  await db.source.query('revoke execute on function pg_export_snapshot() from public');
  await withRole('', (url) =>
    withPostgres(
      db,
      async (open) => {
        expect(open.parallel).toBe(1);
        let sum = 0;
        await whileMoneyMoves(async () => {
          sum = (await sumOf(open, 'accounts')) + (await sumOf(open, 'mirror'));
        });
        expect(sum).toBe(20_000);
        const read = await readTable(open, { name: 'accounts' });
        expect(read.system['snapshot']).toBe(
          'read in one session (the server does not let it be shared: SQLSTATE 42501)',
        );
      },
      { url },
    ),
  );
  await db.source.query('grant execute on function pg_export_snapshot() to public');
});

test.each([
  [1, 1],
  [2, 2],
])('a role that may have %d sessions reads all the same', async (limit, parallel) => {
  await withRole(`connection limit ${limit}`, (url) =>
    withPostgres(
      db,
      async (open) => {
        expect(open.parallel).toBe(parallel);
        for (let again = 0; again < 10; again += 1) {
          const sums = await Promise.all([sumOf(open, 'accounts'), sumOf(open, 'mirror')]);
          expect(sums[0] + sums[1]).toBe(20_000);
        }
      },
      { url },
    ),
  );
});

test('one slow consumer holds the server back and fills no memory', async () => {
  const query = `select repeat('x', 1000) as x from generate_series(1, 400000)`;
  await withPostgres(db, async (open) => {
    const read = await readTable(open, { name: 'large', query });
    let bytes = 0;
    let whilePaused = 0;
    let before = 0;
    let largest = 0;
    for await (const chunk of read.rows) {
      before ||= process.memoryUsage().arrayBuffers;
      if (bytes === 0) {
        await wait(500);
        whilePaused = process.memoryUsage().arrayBuffers - before;
      }
      bytes += chunk.length;
      largest = Math.max(largest, process.memoryUsage().arrayBuffers - before);
    }
    expect(bytes).toBeGreaterThan(400_000_000);
    expect(whilePaused).toBeLessThan(4 * 1024 * 1024);
    expect(largest).toBeLessThan(128 * 1024 * 1024);
  });
});

test('the same rows land whatever the chunks of the socket are', async () => {
  await db.source.query(
    `create table public.chunky as
     select n as id, case n % 5 when 0 then null when 1 then '' else repeat(chr(97 + n % 26), (n * 7919) % 3000) end as text,
            repeat('y', 300000) as large from generate_series(1, 80) as n`,
  );
  const { rows } = await landTable(db, { name: 'chunky' });
  const given = await db.source.query({ text: 'select id::text, text, large from public.chunky', rowMode: 'array' });
  expect(rows).toEqual(given.rows);
});
