import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FIGURE_VIEWS } from '../../engine/publish/figure-views.ts';
import type { RunReport } from '../../engine/evidence/run-report.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

let world: TestWorld;
let published: string;
beforeAll(async () => {
  world = await createTestWorld();
  const { report } = await world.refresh();
  expect(report.status).toBe('succeeded');
  published = await readPublished();
});
afterAll(() => world.stop());

const COMPLETE = 'finance.ledger_complete_to_log';
const IN_BOTH = 'finance.entry_not_in_both_records';
const BLOCKED = `blocked by ${IN_BOTH} (fail), ${COMPLETE} (fail)`;
const WITHIN_ROUNDING = 'finance.ledger_amounts_within_rounding';

test('a line deleted from the log holds the run, alerts, and leaves the last good version, marked stale', async () => {
  const log = await readFile(logFile(), 'utf8');
  const lines = log.split('\n');
  const deleted = lines.findIndex((line) => line.startsWith('100011090,'));
  await writeFile(logFile(), lines.toSpliced(deleted, 1).join('\n'));

  const { report, alerts } = await refresh();
  expect(report.status).toBe('held');
  expect(report.pulls.map(({ table, rows }) => [table, rows])).toEqual([
    ['gl_detail', '28160'],
    ['posting_log', '26589'],
  ]);
  expect(blocking(report)).toEqual([
    [IN_BOTH, 'fail', '1'],
    [COMPLETE, 'fail', '1'],
  ]);
  expect(report.publication).toEqual({ decision: 'held', reason: BLOCKED });
  expect(alerts.filter((text) => text.includes(COMPLETE))).toEqual([
    'finance: check finance.ledger_complete_to_log is fail: 1 of 26590 violate it (completeness, blocking). Run 2. Dashboards keep run 1, marked stale.',
  ]);
  expectNoRow(alerts, lines[deleted] as string);
  await expectStale('1', BLOCKED);
});

test('while it stays deleted nobody is told again', async () => {
  const { report, alerts } = await refresh();
  expect([report.status, alerts]).toEqual(['held', []]);
  await expectStale('1', BLOCKED);
});

test('with the line restored the run publishes and closes the incident', async () => {
  await writeFile(logFile(), await originalLog());
  const { report, alerts } = await refresh();
  expect([report.status, alerts]).toEqual(['succeeded', []]);
  expect(await incidents(COMPLETE)).toEqual([
    { incident_id: `finance/r2/check/${COMPLETE}`, events: 'opened, sent, closed' },
  ]);
  expect(await readRefreshes()).toMatchObject({ run_no: '4', state: 'fresh', stale_since: null });
  expect(await readPublished()).toBe(published);
});

test('a YAML file that cannot be read fails the run with file and line, and alerts', async () => {
  const file = join(world.root, 'checks', 'finance', 'kris.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('unit: percent', 'unit: [percent'));
  const { report, failure, alerts } = await refresh();
  await writeFile(file, text);

  expect(report.status).toBe('failed');
  expect(failure).toMatch(/^checks\/finance\/kris\.yml:\d+:\d+: .* \[(PROJECT|CONFIG)_INVALID\]$/s);
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toContain(`run ${report.runNo} failed at plan: checks/finance/kris.yml:`);
  expect(report.pulls).toEqual([]);
  await expectStale('4', 'plan: checks/finance/kris.yml:');
});

test('a row deleted from the ledger database is found and told anew, whether alone on its side or not', async () => {
  const alone = await deleteLine(`"Journal_ID" = '100000000' and "Journal_ID_Line_Number" = 2`);
  const oneOfMany = await deleteLine(
    `("Journal_ID", "Journal_ID_Line_Number") = (
       select "Journal_ID", max("Journal_ID_Line_Number") from gl_detail where "Amount_Credit_Debit_Indicator" = 'S' and "Amount" > 1000
       group by 1 having count(*) > 2 order by 1 limit 1)`,
  );
  const { report, alerts } = await refresh();
  expect(report.status).toBe('held');
  expect(report.pulls.map(({ table, rows }) => [table, rows])).toEqual([
    ['gl_detail', '28158'],
    ['posting_log', '26590'],
  ]);
  const failed = blocking(report);
  expect(failed).toContainEqual([COMPLETE, 'fail', '1']);
  expect(failed).toContainEqual([WITHIN_ROUNDING, 'fail', '1']);
  for (const check of [COMPLETE, WITHIN_ROUNDING])
    expect(alerts.filter((text) => text.startsWith(`finance: check ${check} is fail: 1 of `))).toHaveLength(1);
  expectNoRow(alerts, alone, oneOfMany);
  // Stale since the broken file, and for its reason: that came first.
  await expectStale('4', 'plan: checks/finance/kris.yml:');
  expect((await incidents(COMPLETE)).map(({ events }) => events)).toEqual(['opened, sent, closed', 'opened, sent']);
});

test('with the rows restored the run publishes again', async () => {
  await world.erp.query('insert into gl_detail select * from deleted; drop table deleted');
  const { report } = await refresh();
  expect(report.status).toBe('succeeded');
  expect((await incidents(COMPLETE)).at(-1)?.events).toBe('opened, sent, closed');
  expect(await readPublished()).toBe(published);
});

test.each([
  {
    damage: 'cut in the middle of a line',
    line: 26591,
    reason: 'the last line has no line end: the file looks cut off',
    told: 1,
  },
  { damage: 'cut in a last field', line: 26591, reason: 'the last line has no line end', told: 0 },
  { damage: 'ragged', line: 3, reason: 'the line does not have as many fields', told: 0 },
] as const)(
  'a log that is $damage fails the run with file and line, and nothing of it lands',
  async ({ damage, line, reason, told }) => {
    const landed = await readLanded();
    await writeFile(logFile(), damageLog(await originalLog(), damage));
    const { report, failure, alerts } = await refresh();
    await writeFile(logFile(), await originalLog());

    expect(report.status).toBe('failed');
    expect(failure).toMatch(new RegExp(`^posting_log\\.csv:${line}: ${reason}.* \\[EXTRACT_FILE_REFUSED\\]$`));
    expect(report.reason).toBe(`extract: ${failure}`);
    // That runs fail is one incident until one succeeds again; it is told once.
    expect(alerts).toEqual(
      [`finance: run ${report.runNo} failed at extract: ${failure}. Dashboards keep run 7, marked stale.`].slice(
        0,
        told,
      ),
    );
    expect(await readLanded()).toEqual(landed);
    await expectStale('7', 'extract: posting_log.csv:26591:');
  },
);

/** Refreshes and gives the alerts that came during it. */
async function refresh() {
  const before = world.alerts().length;
  const { report, failure } = await world.refresh();
  return { report, failure, alerts: world.alerts().slice(before) };
}

function damageLog(log: string, damage: 'cut in the middle of a line' | 'cut in a last field' | 'ragged'): string {
  switch (damage) {
    case 'cut in the middle of a line':
      return log.slice(0, -25);
    case 'cut in a last field':
      return log.slice(0, -3);
    case 'ragged':
      return log.replace('\n100000000,S,', '\n100000000,S,x,');
    default:
      return damage satisfies never;
  }
}

function logFile(): string {
  return join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
}

function originalLog(): Promise<string> {
  return readFile(new URL('../../examples/aicpa-ads/posting_log.csv', import.meta.url), 'utf8');
}

function blocking(report: RunReport): string[][] {
  return report.checks
    .filter((check) => check.blocking && check.status !== 'pass' && check.status !== 'warn')
    .map(({ id, status, failures }) => [id, status, failures]);
}

/** Deletes a line of the ledger at its source, keeps it for later, and gives it as text. */
async function deleteLine(where: string): Promise<string> {
  await world.erp.query('create table if not exists deleted (like gl_detail)');
  const { rows } = await world.erp.query<{ line: string }>(
    `with gone as (delete from gl_detail where ${where} returning *), kept as (insert into deleted select * from gone)
     select concat_ws(',', "Journal_ID", "Amount", "Entered_By") as line from gone`,
  );
  expect(rows).toHaveLength(1);
  return rows[0]?.line as string;
}

/** None of the values that tell one row from others stands in an alert. */
function expectNoRow(alerts: readonly string[], ...rows: readonly string[]): void {
  const values = rows.flatMap((row) => row.split(',')).filter((value) => value.length > 4);
  expect(values.length).toBeGreaterThanOrEqual(2);
  for (const value of values) expect(alerts.join('\n')).not.toContain(value);
}

async function expectStale(runNo: string, reason: string): Promise<void> {
  const standing = await readRefreshes();
  expect(standing).toMatchObject({ run_no: runNo, state: 'stale', stale_since: expect.any(String) as string });
  expect(standing?.['stale_reason']).toContain(reason);
  expect(await readPublished()).toBe(published);
}

async function readRefreshes() {
  return (await world.warehouse.query(`select * from published.refreshes where vertical = 'finance'`))[0];
}

/** One hash over every row of every published model, and over the published figures. */
async function readPublished(): Promise<string> {
  const tables = await world.warehouse.query(
    `select c.relname as name from pg_class c where c.relnamespace = 'published'::regnamespace and c.relname <> all ($1) order by 1`,
    [`{${Object.keys(FIGURE_VIEWS).join(',')}}`],
  );
  expect(tables.length).toBeGreaterThan(5);
  const parts = tables.map(
    ({ name }) =>
      `select '${name}' as name, md5(string_agg(t::text, '|' order by t::text)) as hash from published.${name} as t`,
  );
  const figures = `select 'kris', md5(string_agg(concat_ws(',', kri_id, value, colour), '|' order by kri_id)) from published.kri_latest`;
  const [row] = await world.warehouse.query(
    `select md5(string_agg(name || hash, '|' order by name)) as hash from (${[...parts, figures].join(' union all ')}) as all_of_them`,
  );
  return row?.['hash'] as string;
}

/** What stands in the landed tables, and which tables stand beside them. */
async function readLanded() {
  const [rows] = await world.warehouse.query(
    `select (select count(*)::text from raw_posting_log.posting_log__history) as log,
       (select md5(string_agg(t::text, '|' order by t::text)) from raw_posting_log.posting_log as t) as log_hash,
       (select count(*)::text from raw_erp.gl_detail__history) as ledger`,
  );
  const tables = await world.warehouse.query(
    `select schemaname, tablename from pg_tables where schemaname like 'raw\\_%' order by 1, 2`,
  );
  return { rows, tables };
}

async function incidents(check: string) {
  return world.warehouse.query(
    `select incident_id, string_agg(event, ', ' order by event_no) as events from audit.incident_events
     where subject = $1 group by incident_id order by min(event_no)`,
    [`check/${check}`],
  );
}
