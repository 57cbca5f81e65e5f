import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../../engine/evidence/ledger.ts';
import type { NewEntry } from '../../../engine/evidence/ledger.ts';
import { verifyLedger } from '../../../engine/evidence/verify-ledger.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse({ maxSessions: 8 });
  await db.warehouse.execute('create table public.done (what text)');
});
afterAll(() => db.stop());

const entry = (key: string): NewEntry => ({ key, kind: 'test', runId: null, subject: key });
const done = (what: string) =>
  db.warehouse.query('select count(*)::text as n from public.done where what = $1', [what]).then(([row]) => row?.['n']);

test('many attempts at one event do its work once and all get the same record', async () => {
  let works = 0;
  const attempts = Array.from({ length: 6 }, () =>
    once(db.warehouse, entry('event'), async (session) => {
      works += 1;
      const mine = works;
      await session.execute(`insert into public.done values ('event')`);
      await session.execute('select pg_sleep(0.1)');
      return { winner: mine };
    }),
  );
  expect(await Promise.all(attempts)).toEqual(Array(6).fill({ winner: 1 }));
  expect(works).toBe(1);
  expect(await done('event')).toBe('1');
  expect(await once(db.warehouse, entry('event'), () => Promise.reject(new Error('again')))).toEqual({ winner: 1 });
});

test('work that fails leaves neither itself nor a record, and can be done again', async () => {
  const attempt = (fails: boolean) =>
    once(db.warehouse, entry('crash'), async (session) => {
      await session.execute(`insert into public.done values ('crash')`);
      if (fails) await session.execute('select 1 / 0');
      return { done: true };
    });
  expect((await catchError(() => attempt(true))).code).toBe('WAREHOUSE_FAILED');
  expect(await done('crash')).toBe('0');
  expect(await attempt(false)).toEqual({ done: true });
  expect(await done('crash')).toBe('1');
});

test('a session that is ended in the middle leaves nothing', async () => {
  const error = await catchError(() =>
    once(db.warehouse, entry('killed'), async (session) => {
      await session.execute(`insert into public.done values ('killed')`);
      const [row] = await session.query('select pg_backend_pid()::text as pid');
      await db.intruder.query(`select pg_terminate_backend(${row?.['pid']})`);
      await session.execute('select 1');
      return {};
    }),
  );
  expect(error).toMatchObject({ code: 'WAREHOUSE_UNREACHABLE', retryable: true });
  expect(await done('killed')).toBe('0');
  expect(await once(db.warehouse, entry('killed'), () => Promise.resolve({ second: true }))).toEqual({ second: true });
});

test('entries appended at once form one chain', async () => {
  await Promise.all(
    Array.from({ length: 30 }, (_, n) => once(db.warehouse, entry(`many/${n}`), () => Promise.resolve({ n }))),
  );
  const [count] = await db.warehouse.query('select count(*)::text as n, max(entry_no)::text as last from audit.ledger');
  expect(count?.['n']).toBe(count?.['last']);
  expect(await verifyLedger(db.warehouse)).toMatchObject({
    entries: count?.['n'],
    broken: null,
    head: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
});

test('the audit schema refuses change by its own owner', async () => {
  for (const sql of [
    'update audit.ledger set subject = subject',
    'delete from audit.ledger',
    'truncate audit.runs cascade',
  ]) {
    expect((await catchError(() => db.warehouse.execute(sql))).message).toContain('SQLSTATE 55000');
  }
});

test.each([
  [
    'a changed body',
    `update audit.ledger set body = body || ' ' where entry_no = 5`,
    '5',
    'its content was changed after it was written',
  ],
  [
    'a changed time',
    `update audit.ledger set recorded_at = '2020' where entry_no = 7`,
    '7',
    'its content was changed after it was written',
  ],
  ['a deleted entry', 'delete from audit.ledger where entry_no = 9', '10', 'entry 9 is missing'],
  ['a deleted first entry', 'delete from audit.ledger where entry_no = 1', '2', 'entry 1 is missing'],
  [
    "two entries in each other's place",
    `update audit.ledger set entry_no = case entry_no when 6 then -6 else -7 end where entry_no in (6, 7);
     update audit.ledger set entry_no = case entry_no when -6 then 7 else 6 end where entry_no < 0`,
    '6',
    'it does not follow from the entry before it',
  ],
  [
    'an entry put in before the first',
    `insert into audit.ledger select 0, 'forged', kind, run_id, subject, recorded_at, body, previous_hash, 'f' from audit.ledger where entry_no = 1`,
    '0',
    'it was put in before the first entry',
  ],
])('%s by a superuser is found at its entry', async (_, tampering, entryNo, fault) => {
  await db.intruder.query('begin; set local session_replication_role = replica');
  await db.intruder.query(tampering);
  // Seen from inside the intruder's transaction, so that the next case finds the ledger whole.
  const seen = {
    query: async (sql: string, values?: readonly unknown[]) => (await db.intruder.query(sql, values as [])).rows,
  };
  const { broken } = await verifyLedger(seen as unknown as typeof db.warehouse);
  await db.intruder.query('rollback');
  expect(broken).toMatchObject({ entryNo, fault });
  expect((await verifyLedger(db.warehouse)).broken).toBeNull();
});
