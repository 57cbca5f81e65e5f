import { afterAll, beforeAll, expect, test } from 'vitest';
import { elsewhere } from '../../../activities/elsewhere.ts';
import { check } from '../../../engine/check/check.ts';
import type { RecordedCheck } from '../../../engine/check/check.ts';
import { loadConfig } from '../../../engine/config/load-config.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildModels } from './case-world.ts';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let db: TestWarehouse;
let root: string;
beforeAll(async () => {
  db = await createTestWarehouse();
  root = mkdtempSync(join(tmpdir(), 'elsewhere-'));
  writeFileSync(
    join(root, 'tickmark.yml'),
    `name: shop
warehouse: { url: '\${env:DATABASE_URL}' }
connections:
  erp: { type: postgres, url: '\${env:ERP_URL}' }
  gone: { type: postgres, url: 'postgres://nobody:hunter2@127.0.0.1:1/erp' }
verticals: { shop: {} }
`,
  );
});
afterAll(async () => {
  await db.stop();
  rmSync(root, { recursive: true });
});

const model = {
  name: 'booked',
  template: `{{ config(materialized='table') }} select * from (values ('a-', 'b', 10.00, 'x'), ('a', '-b', 20.00, 'y'), ('c', 'd', 30.00, 'z'), ('e', 'f', 40.00, null)) as v(unit, entry, amount, note)`,
};

/** The verdicts of checks on `booked`, where the other database holds these rows as (unit, number, total, note). */
async function reconcile(
  rows: string,
  given: Record<string, unknown> = {},
  settings = {},
): Promise<{ result: RecordedCheck; found: string[] }> {
  await db.source.query('drop table if exists public.journal');
  await db.source.query(
    `create table public.journal as select * from (values ${rows}) as v(unit, number, total, note)`,
  );
  const run = await db.beginRun();
  const compiled = compileTestRun(run, [model]);
  await buildModels(compiled, run, db.warehouse);
  const definition: CheckDefinition = defineTestCheck({
    id: 'shop.elsewhere',
    kind: 'reconcile',
    on: 'booked',
    settings,
    arguments: {
      to: { connection: 'erp', table: 'public.journal' },
      keys: ['unit', { entry: 'number' }],
      compare: [{ amount: 'total' }, 'note'],
      ...given,
    },
  });
  const compareElsewhere = elsewhere(
    loadConfig(root),
    { root, env: { DATABASE_URL: db.url, ERP_URL: db.sourceUrl } },
    new AbortController().signal,
  );
  const [result] = await check({ run, checks: [definition], sources: [], compiled, compareElsewhere }, db);
  const failing = await db.warehouse.query(
    'select subject_id, reason, amount from audit.failing_rows where run_id = $1 order by row_no',
    [run.runId],
  );
  return {
    result: result!,
    found: failing.map(
      (row) => `${row['subject_id']}: ${row['reason']}${row['amount'] === null ? '' : ` (${row['amount']})`}`,
    ),
  };
}

const SAME = `('a-', 'b', 10.00, 'x'), ('a', '-b', 20.00, 'y'), ('c', 'd', 30.00, 'z'), ('e', 'f', 40.00, null)`;

test('a table of another database that has the same rows passes', async () => {
  const { result, found } = await reconcile(SAME);
  expect([result.status, result.population, result.failures, found]).toEqual(['pass', '4', '0', []]);
});

test('what is missing, doubled and different on either side is named by key, column and value', async () => {
  const { result, found } = await reconcile(
    `('a-', 'b', 10.01, 'w'), ('c', 'd', 30.00, 'z'), ('c', 'd', 30.00, 'z'), ('e', 'f', 40.00, null), ('g', 'h', 1, null), (null, 'i', 2, null)`,
  );
  expect([result.status, result.population, result.failures]).toEqual(['fail', '6', '5']);
  expect(found).toMatchInlineSnapshot(`
    [
      ": is in erp:public.journal but not in booked",
      "a-/b: amount is 10.00 here and 10.01 in erp:public.journal; note is x here and w in erp:public.journal (-0.01)",
      "a/-b: is in booked but not in erp:public.journal",
      "c/d: stands several times in erp:public.journal",
      "g/h: is in erp:public.journal but not in booked",
    ]
  `);
});

test('a tolerance forgives up to itself, and a where looks at a part of both sides', async () => {
  const other = SAME.replace('10.00', '10.01').replace('30.00', '31.00');
  const given = { tolerance: { amount: '0.01' }, to_where: `unit <> 'c'` };
  const { result, found } = await reconcile(other, given, { where: `unit <> 'c'` });
  expect([result.status, result.population, found]).toEqual(['pass', '3', []]);
  const strict = await reconcile(other, { tolerance: { amount: '0.009' } });
  expect([strict.result.status, strict.result.failures]).toEqual(['fail', '2']);
});

test('an empty side is never a pass', async () => {
  const { result } = await reconcile(`('a', 'b', 1.00, 'x')`, { to_where: 'false' }, { where: 'false' });
  expect([result.status, result.population]).toEqual(['no_data', '0']);
});

test('a database that cannot be reached makes the check an error, without its password', async () => {
  const { result } = await reconcile(SAME, { to: { connection: 'gone', table: 'public.journal' } });
  expect(result.status).toBe('error');
  expect(result.message).not.toContain('hunter2');
  expect(result.message).toMatchInlineSnapshot(`"connection gone: ECONNREFUSED [SOURCE_UNREACHABLE]"`);
});
