import { afterAll, beforeAll, expect, test } from 'vitest';
import { runScan } from '../../../engine/check/run-scan.ts';
import type { ScanRequest } from '../../../engine/check/run-scan.ts';
import { EngineError } from '../../../engine/errors.ts';
import type { Session } from '../../../engine/warehouse/warehouse.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
  await db.warehouse.execute('create table public.a as select n as id from generate_series(1, 10) as n');
  await db.warehouse.execute('create table public.b as select 1 as id');
  await db.warehouse.execute('create view public.both as select a.id from a join b using (id)');
});
afterAll(() => db.stop());

/** Runs a scan and says what it answered, and with how many statements that counted. */
async function scan(requests: readonly ScanRequest[], setting = ''): Promise<{ said: string[]; statements: number }> {
  return db.warehouse.transaction(async (session) => {
    if (setting !== '') await session.execute(setting);
    let statements = 0;
    const counted: Session = {
      ...session,
      query: (sql, values) => {
        if (/^select (\(select )?array/.test(sql)) statements += 1;
        return session.query(sql, values);
      },
    };
    const answers = await runScan(requests, counted);
    const said = requests.map((request) => {
      const answer = answers.get(request);
      return answer instanceof EngineError ? (answer.database?.sqlState ?? '') : (answer?.values.join('/') ?? '');
    });
    return { said, statements };
  });
}
const aggregate = (table: string, ...aggregates: string[]): ScanRequest => ({
  relation: `"public"."${table}"`,
  counts: aggregates.map((each) => ({ aggregate: each })),
});

test('small tables are asked together, and what is no table alone', async () => {
  const requests = [
    aggregate('a', 'count(*)', 'max(t.id)'),
    aggregate('b', 'count(*)'),
    aggregate('a', 'count(*)', 'min(t.id)'),
    aggregate('both', 'count(*)'),
    { relation: '', counts: [{ query: 'select 7' }] },
    { relation: '(select 1 as one)', counts: [{ aggregate: 'count(*)' }] },
  ];
  expect(await scan(requests)).toEqual({ said: ['10/10', '1', '10/1', '1', '7', '1'], statements: 3 });
});

test('one that cannot run is found, and the others are answered', async () => {
  const requests = Array.from({ length: 64 }, (_, index) =>
    aggregate(
      index % 2 === 0 ? 'a' : 'b',
      index === 37 ? 'max(t.nothing)' : index === 50 ? 'max(1 / (t.id - 1))' : `count(*) + ${index}`,
    ),
  );
  const { said, statements } = await scan(requests);
  expect(said.filter((each, index) => each !== String((index % 2 === 0 ? 10 : 1) + index))).toEqual(['42703', '22012']);
  expect(statements).toBeLessThan(30);
});

test('one that takes too long does not make the others wait for each half of them', async () => {
  const slow: ScanRequest = { relation: '"public"."b"', counts: [{ query: 'select count(*) from pg_sleep(5)' }] };
  const requests = [...Array.from({ length: 15 }, () => aggregate('b', 'count(*)')), slow];
  const { said, statements } = await scan(requests, `set local statement_timeout = '300ms'`);
  expect(said).toEqual([...Array.from({ length: 15 }, () => '1'), '57014']);
  expect(statements).toBe(17);
});

test('a name that is wrong in one question is not looked for in another', async () => {
  const requests = [
    aggregate('a', 'count(*)'),
    { relation: '"public"."a"', counts: [{ query: 'select count(t.id) from (select 1 as one) as other' }] },
  ];
  expect((await scan(requests)).said).toEqual(['10', '42P01']);
});

test('many questions of one relation are several statements', async () => {
  const requests = Array.from({ length: 1000 }, (_, index) => aggregate('a', `count(*) + ${index}`));
  const { said, statements } = await scan(requests);
  expect(said.at(-1)).toBe('1009');
  expect(statements).toBe(4);
});

test('a table is told from a table of nothing, and one that is not there is the fault of those who ask for it', async () => {
  expect((await scan([aggregate('nowhere', 'count(*)'), aggregate('b', 'count(*)')])).said).toEqual(['42P01', '1']);
});
