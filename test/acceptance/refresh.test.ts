import { afterAll, beforeAll, expect, test } from 'vitest';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

let world: TestWorld;
beforeAll(async () => {
  world = await createTestWorld();
});
afterAll(() => world.stop());

test('the nightly refresh reproduces the known answers of the ledger and publishes them', async () => {
  const { report, failure } = await world.refresh();
  expect(failure).toBeNull();
  expect(report.status).toBe('succeeded');
  expect(report.pulls.map(({ table, rows, tied }) => ({ table, rows, tied }))).toEqual([
    { table: 'gl_detail', rows: '28160', tied: true },
    { table: 'posting_log', rows: '26590', tied: true },
  ]);
  // The repository that the ledger comes from asserts the same in its own tests; see examples/aicpa-ads/README.md.
  const [totals] = await world.warehouse.query('select * from published.ledger_totals');
  expect(totals).toMatchObject({
    lines: '28160',
    entries: '13295',
    debits: '463852232.48',
    credits: '464481704.37',
    unbalanced_entries: '4',
    sides_missing_from_ledger: '0',
    sides_missing_from_log: '0',
    sides_differing_from_log: '2',
    number_jumps: '12',
    round_amount_lines: '226',
    night_lines: '190',
    weekend_lines: '0',
    seldom_user_lines: '52',
    seldom_users: '10',
    users: '23',
    seldom_account_lines: '32',
  });
  const unbalanced = await world.warehouse.query(
    `select subject_id, amount from published.findings where check_id = 'finance.unbalanced_entry' order by subject_id`,
  );
  expect(unbalanced).toEqual([
    { subject_id: '100011090', amount: '-233.57' },
    { subject_id: '100011091', amount: '-332025.00' },
    { subject_id: '100011092', amount: '-295500.00' },
    { subject_id: '100011093', amount: '-1713.32' },
  ]);
  const differing = await world.warehouse.query(
    `select subject_id, amount from published.findings where check_id = 'finance.ledger_amounts_equal_log' order by subject_id`,
  );
  expect(differing).toEqual([
    { subject_id: '1500000002/C', amount: '-0.02' },
    { subject_id: '1500000002/D', amount: '-0.02' },
  ]);
});

test('a second refresh changes nothing, doubles nothing and alerts nobody again', async () => {
  const alerts = world.alerts().length;
  expect(alerts).toBeGreaterThan(0);
  const { report } = await world.refresh();
  expect(report.pulls.map(({ added, removed, changed }) => ({ added, removed, changed }))).toEqual([
    { added: '0', removed: '0', changed: '0' },
    { added: '0', removed: '0', changed: '0' },
  ]);
  const [landed] = await world.warehouse.query('select count(*)::text as rows from raw_erp.gl_detail__history');
  expect(landed).toEqual({ rows: '28160' });
  expect(report.status).toBe('succeeded');
  expect(world.alerts().length).toBe(alerts);
});
