import { afterAll, beforeAll, expect, test } from 'vitest';
import { alert } from '../../../engine/alert/alert.ts';
import { check } from '../../../engine/check/check.ts';
import type { Waiver } from '../../../engine/contracts/check.ts';
import { readRunReport } from '../../../engine/evidence/run-report.ts';
import { verifyFigures } from '../../../engine/evidence/verify-figures.ts';
import { verifyLedger } from '../../../engine/evidence/verify-ledger.ts';
import { publish } from '../../../engine/publish/publish.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { transformTestRun } from '../../setup/transform-test-run.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const models = [
  {
    name: 'sales',
    template: `{{ config(materialized='table', published=True) }}
select n as id, case when n > 2 then n end as amount from generate_series(1, 10) as n`,
  },
];
const WAIVER: Waiver = {
  check: 'shop.gate',
  vertical: 'shop',
  reason: 'the till was down that day',
  author: 'Ann Bell',
  approver: 'Carl Dunn',
  approvedOn: '2026-01-01',
  expires: '2026-03-31',
  maxFailures: 2n,
  subjects: [],
  file: 'checks/shop/waivers.yml',
  line: 2,
  hash: 'f'.repeat(64),
};

/** A night of the vertical, from its models to its alerts, by this clock. */
async function night(day: string, options: { waivers?: readonly Waiver[]; errorIf?: string } = {}) {
  const { waivers = [WAIVER], errorIf = '!= 0' } = options;
  const run = await db.beginRun();
  const compiled = compileTestRun(run, models);
  await transformTestRun({ run, compiled }, db);
  const gate = defineTestCheck({
    id: 'shop.gate',
    kind: 'not_null',
    on: 'sales',
    column: 'amount',
    settings: { error_if: errorIf },
  });
  const other = defineTestCheck({ id: 'shop.other', kind: 'not_null', on: 'sales', column: 'id' });
  const runClock = `${day}T02:00:00.000000Z`;
  const fingerprintOf = (): string => 'the same rows';
  const input = { run, checks: [gate, other], sources: [], compiled, waivers, runClock, fingerprintOf };
  const [result] = await check(input, db);
  const { decision, reason } = await publish({ run, readers: [] }, db);
  await db.intruder.query('set session_replication_role = replica');
  await db.intruder.query(`update audit.runs set request = $2 where run_id = $1`, [
    run.runId,
    JSON.stringify({ runClock }),
  ]);
  await alert({ run, routes: [] }, { warehouse: db.warehouse, fetch });
  return { run, result, decision, reason };
}

const incidents = () =>
  db.warehouse
    .query(`select event, subject, status, message from audit.incident_events order by event_no`)
    .then((rows) => rows.map((row) => `${row['event']} ${row['status']} ${row['subject']}: ${row['message']}`));
const rows = (sql: string) => db.warehouse.query(sql).then((all) => all.map((row) => Object.values(row).join('|')));

test('a waived failure is published as a waived failure, and blocks again when its waiver has ended', async () => {
  const held = await night('2025-12-31');
  expect([held.decision, held.reason, held.result?.message]).toEqual([
    'held',
    'blocked by shop.gate (fail)',
    'waiver holds from 2026-01-01',
  ]);

  const waived = await night('2026-01-01');
  expect(waived.decision).toBe('published');
  expect(waived.result).toMatchObject({
    status: 'fail',
    blocking: false,
    failures: '2',
    waiver: { expires: '2026-03-31' },
  });
  expect(
    await rows(
      `select check_id, status, blocking, failures, passes, percentage, waived, waived_until, waiver_reason from published.data_quality order by check_id`,
    ),
  ).toEqual(['shop.gate|fail|f|2|8|20|t|2026-03-31|the till was down that day', 'shop.other|pass|t|0|10|0|f||']);

  // The same rows and the same definition: the verdict is taken over, its waiver is not.
  const soon = await night('2026-03-25');
  expect(soon.result).toMatchObject({ reusedFromRun: waived.run.runId, waiver: { expires: '2026-03-31' } });
  const expired = await night('2026-04-01');
  expect(expired.result).toMatchObject({ reusedFromRun: waived.run.runId, waiver: null, blocking: true });
  expect([expired.decision, expired.result?.message]).toEqual(['held', 'waiver expired on 2026-03-31']);

  expect(await incidents()).toMatchInlineSnapshot(`
    [
      "opened fail check/shop.gate: shop: check shop.gate is fail: 2 of 10 violate it (completeness, blocking); waiver holds from 2026-01-01. Run 1. Nothing is published yet.",
      "closed fail check/shop.gate: waived in run 2",
      "opened waiver_expiring waiver/shop.gate: shop: the waiver of check shop.gate ends on 2026-03-31, 6 days are left: the till was down that day (approved by Carl Dunn). Run 3. Its figures are published.",
      "closed waiver_expiring waiver/shop.gate: no longer wrong in run 4",
      "opened fail check/shop.gate: shop: check shop.gate is fail: 2 of 10 violate it (completeness, blocking); waiver expired on 2026-03-31. Run 4. Dashboards keep run 3, marked stale.",
    ]
  `);
});

test('more failures than were waived block', async () => {
  const { decision, result } = await night('2026-02-01', { waivers: [{ ...WAIVER, maxFailures: 1n }] });
  expect([decision, result?.message]).toEqual(['held', 'waived for 1, found 2']);
});

test('a changed threshold is an event beside the trend, and old verdicts keep the definition they were reached by', async () => {
  const changed = await night('2026-02-02', { errorIf: '> 5' });
  expect(
    await rows(
      `select run_no, status, waived, definition_changed, change from published.check_history where check_id = 'shop.gate' order by run_no`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "1|fail|f|f|",
      "2|fail|t|f|",
      "3|fail|t|f|",
      "4|fail|f|f|",
      "5|fail|f|f|",
      "6|warn|t|t|settings.error_if: "!= 0" -> "> 5"",
    ]
  `);
  expect(
    await rows(
      `select count(distinct definition_hash)::text as definitions from published.check_history where check_id = 'shop.gate'`,
    ),
  ).toEqual(['2']);
  expect(await rows(`select event, run_no, change from published.check_definitions order by run_no, check_id`))
    .toMatchInlineSnapshot(`
    [
      "added|1|",
      "added|1|",
      "changed|6|settings.error_if: "!= 0" -> "> 5"",
    ]
  `);
  const report = await readRunReport(changed.run.runId, db.warehouse);
  expect(report?.definitions).toMatchObject({ firstRecorded: 0, events: [{ checkId: 'shop.gate', event: 'changed' }] });
  expect((await incidents()).at(-1)).toMatchInlineSnapshot(
    `"opened definition_changed definitions/r6: shop: 1 check is not defined as in the run before: shop.gate changed (settings.error_if: "!= 0" -> "> 5"). Run 6. Its figures are published."`,
  );
});

test('all of it is evidence: a waiver put in afterwards is found', async () => {
  expect((await verifyLedger(db.warehouse)).broken).toBeNull();
  expect(await verifyFigures(db.warehouse)).toEqual([]);
  await db.intruder.query(
    `update audit.check_results set waiver = '{}' where check_id = 'shop.gate' and run_id = (select run_id from audit.runs order by run_no limit 1)`,
  );
  expect(await verifyFigures(db.warehouse)).toEqual([
    {
      table: 'audit.check_results',
      runNo: '1',
      subject: 'shop.gate',
      fault: 'it, or a failing row of it, is not what the ledger recorded',
    },
  ]);
});

test('which slices were looked at by which definition is told, and which of them by the present one', async () => {
  const lookAt = async (errorIf: string): Promise<void> => {
    const run = await db.beginRun();
    const [sales] = models;
    const compiled = compileTestRun(run, [
      {
        ...sales!,
        template: `${sales!.template}`.replace('n as id', `n as id, case when n > 5 then 'EU' else 'US' end as region`),
      },
    ]);
    await transformTestRun({ run, compiled }, db);
    const settings = { error_if: errorIf, slices: { by: 'region', values: ['EU'] } };
    const sliced = defineTestCheck({ id: 'shop.sliced', kind: 'not_null', on: 'sales', column: 'amount', settings });
    await check({ run, checks: [sliced], sources: [], compiled }, db);
    expect((await publish({ run, readers: [] }, db)).decision).toBe('published');
  };
  await lookAt('!= 0');
  await lookAt('> 5');
  await lookAt('> 5');
  const told = await rows(
    `select slice, status, population, failures, is_current_definition, run_no - (select min(run_no) from audit.check_slices join audit.runs using (run_id)) as run
     from published.check_coverage order by run_no`,
  );
  expect(told).toEqual(['EU|pass|5|0|f|0', 'EU|pass|5|0|t|2']);
});
