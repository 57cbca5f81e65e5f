import { createServer, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { landTable, openPostgres, withPostgres } from './read-postgres.ts';
import { readTable } from './read-table.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.source.query(
    `create table public.large as select n as id, repeat('x', 1000) as x from generate_series(1, 100000) as n`,
  );
});
afterAll(() => db.stop());

const SESSIONS = `from pg_stat_activity where application_name = 'tickmark extract' and datname = current_database()`;

async function openSessions(): Promise<number> {
  return Number((await db.source.query<{ count: string }>(`select count(*) ${SESSIONS}`)).rows[0]?.count);
}

/** How long work takes to fail, and with what. */
async function failure(work: () => unknown): Promise<{ readonly message: string; readonly ms: number }> {
  const began = performance.now();
  const { message } = await catchError(work);
  return { message, ms: performance.now() - began };
}

async function drain(
  rows: AsyncIterable<Buffer>,
  onChunk: (bytes: number) => unknown = () => undefined,
): Promise<number> {
  let bytes = 0;
  for await (const chunk of rows) {
    bytes += chunk.length;
    await onChunk(bytes);
  }
  return bytes;
}

test('when the session that holds the moment is ended, the moment is lost', async () => {
  await withPostgres(db, async (open) => {
    await readTable(open, { name: 'large' });
    await db.source.query(`select pg_terminate_backend(pid) ${SESSIONS} order by backend_start limit 1`);
    expect((await failure(() => open.lost)).message).toBe(
      'connection erp: the moment that was read is lost: the server ended the session (SQLSTATE 57P01) [EXTRACT_SNAPSHOT_LOST]',
    );
  });
  expect(await openSessions()).toBe(0);
});

test('when a session that reads is ended, the read fails and can be tried again; the moment stays', async () => {
  await withPostgres(db, async (open) => {
    const read = await readTable(open, { name: 'large' });
    const { message } = await failure(() =>
      drain(read.rows, (bytes) =>
        bytes < 300_000
          ? db.source.query(`select pg_terminate_backend(pid) ${SESSIONS} and query like 'copy%'`)
          : undefined,
      ),
    );
    // Its last word may be lost with the connection.
    expect(message).toMatch(
      /^connection erp: (the server ended the session \(SQLSTATE 57P01\)|the connection was lost) \[SOURCE_UNREACHABLE\]$/,
    );
    const again = await readTable(open, { name: 'large' });
    expect(await drain(again.rows)).toBeGreaterThan(100_000_000);
    expect((await again.figures()).rows).toBe(100_000n);
  });
});

test.each([
  ['rows stream', { name: 'large' }],
  ['the server computes', { name: 'slow', query: 'select pg_sleep(30)::text as x' }],
] as const)('a pull that is cancelled while %s ends within a second, on the server too', async (_when, table) => {
  const pull = new AbortController();
  await withPostgres(db, async (open) => {
    const read = await readTable(open, table, { signal: pull.signal });
    setTimeout(() => pull.abort(), 300);
    const { message, ms } = await failure(() => drain(read.rows, () => wait(50)));
    expect(message).toBe('connection erp: the pull was cancelled [EXTRACT_CANCELLED]');
    expect(ms).toBeLessThan(1_300);
    await wait(500);
    expect((await db.source.query(`select query ${SESSIONS} and state = 'active'`)).rows).toEqual([]);
    // Others of the same moment go on.
    expect((await readTable(open, { name: 'large' })).columns).toHaveLength(2);
  });
});

test('when all is cancelled, nothing is left open and the moment counts as given up, not as lost', async () => {
  const all = new AbortController();
  const open = await openPostgres(db, { signal: all.signal });
  let lost = false;
  open.lost.catch(() => (lost = true));
  const read = await readTable(open, { name: 'large' });
  setTimeout(() => all.abort(), 100);
  const { message } = await failure(() => drain(read.rows, () => wait(50)));
  expect(message).toBe('connection erp: the pull was cancelled [EXTRACT_CANCELLED]');
  await open.close();
  await wait(200);
  expect(await openSessions()).toBe(0);
  expect(lost).toBe(false);
  const late = await failure(() => openPostgres(db, { signal: all.signal }));
  expect(late.message).toBe('connection erp: the pull was cancelled [EXTRACT_CANCELLED]');
});

test('closing ends what is still read', async () => {
  const open = await openPostgres(db);
  const read = await readTable(open, { name: 'slow', query: 'select pg_sleep(30)::text as x' });
  const reading = failure(() => drain(read.rows));
  await wait(200);
  await open.close();
  expect((await reading).message).toMatch(/^connection erp was closed \[EXTRACT_CANCELLED\]$/);
  await wait(200);
  expect(await openSessions()).toBe(0);
});

test('a consumer that leaves early leaves no statement behind', async () => {
  await withPostgres(db, async (open) => {
    const read = await readTable(open, { name: 'large' });
    for await (const _chunk of read.rows) break;
    await wait(300);
    expect(
      (await db.source.query(`select query ${SESSIONS} and state = 'active' and query like 'copy%'`)).rows,
    ).toEqual([]);
  });
});

test('a statement over its time limit is refused', async () => {
  const slow = { name: 'slow', query: 'select pg_sleep(30)::text as x' };
  const { message, ms } = await failure(() => landTable(db, slow, { seconds: 1 }));
  expect(message).toBe('connection erp: cancelled, or past its time limit (SQLSTATE 57014) [EXTRACT_FAILED]');
  expect(ms).toBeLessThan(3_000);
});

test('a slow query that says nothing for a while is waited for', async () => {
  // Silence is looked into after a second, four times.
  const { rows } = await landTable(db, { name: 'slow', query: `select 'x' || pg_sleep(5)::text as x` }, { seconds: 6 });
  expect(rows).toEqual([['x']]);
});

test('a table that is locked is waited for, but not for ever', async () => {
  const locker = await db.connect();
  await locker.end();
  await db.source.query('create table public.locked (id int)');
  await db.source.query('begin; lock table public.locked in access exclusive mode');
  const { message } = await failure(() => landTable(db, { name: 'locked' }, { seconds: 2 }));
  await db.source.query('rollback');
  expect(message).toBe('connection erp: cancelled, or past its time limit (SQLSTATE 57014) [EXTRACT_FAILED]');
});

/** A way to the source that can be made to swallow everything, as a network does that is gone without a word. */
async function startHole(): Promise<{
  readonly url: string;
  readonly swallow: () => void;
  readonly cut: () => void;
  readonly stop: () => void;
}> {
  const { hostname, port } = new URL(db.sourceUrl);
  let isHole = false;
  const sockets: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    sockets.push(near, far);
    near.on('data', (data) => !isHole && far.write(data)).on('error', () => undefined);
    far.on('data', (data) => !isHole && near.write(data)).on('error', () => undefined);
    near.on('close', () => far.destroy());
    far.on('close', () => !isHole && near.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(db.sourceUrl);
  url.port = String((server.address() as AddressInfo).port);
  const cut = (): void => sockets.forEach((socket) => socket.destroy());
  return {
    url: url.href,
    swallow: () => (isHole = true),
    cut,
    stop: () => {
      cut();
      server.close();
    },
  };
}

test('a source that falls silent in the middle of a read is given up in bounded time', async () => {
  const hole = await startHole();
  try {
    const open = await openPostgres(db, { url: hole.url, seconds: 4 });
    const lost = failure(() => open.lost);
    const read = await readTable(open, { name: 'large' });
    const { message, ms } = await failure(() => drain(read.rows, (bytes) => bytes > 1_000_000 && hole.swallow()));
    expect(message).toMatch(/^connection erp: .* \[(SOURCE_UNREACHABLE|EXTRACT_SNAPSHOT_LOST)\]$/);
    expect(ms).toBeLessThan(12_000);
    expect((await lost).message).toMatch(/\[EXTRACT_SNAPSHOT_LOST\]$/);
    const closing = performance.now();
    await open.close();
    expect(performance.now() - closing).toBeLessThan(4_000);
  } finally {
    hole.stop();
  }
});

test('a source that is silent from the start, or cut off, is unreachable', async () => {
  const hole = await startHole();
  try {
    const open = await openPostgres(db, { url: hole.url });
    const read = await readTable(open, { name: 'large' });
    const { message } = await failure(() => drain(read.rows, (bytes) => bytes > 1_000_000 && hole.cut()));
    expect(message).toMatch(/^connection erp: .*\[SOURCE_UNREACHABLE\]$/);
    await open.close();
    hole.swallow();
    const silent = await failure(() => openPostgres(db, { url: hole.url, seconds: 2 }));
    expect(silent.message).toBe('connection erp: the server did not answer in time [SOURCE_UNREACHABLE]');
    expect(silent.ms).toBeLessThan(3_000);
  } finally {
    hole.stop();
  }
});
