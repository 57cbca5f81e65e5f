import type { Status, VerticalStatus } from '../../web/status.ts';

/** The AICPA sample ledger after a refresh: its counts and known answers are those that the ledger's own repository tests. */
export const finance: VerticalStatus = {
  name: 'finance',
  published: {
    runNo: '12',
    publishedAt: '2026-11-22T02:00:13.482Z',
    state: 'fresh',
    staleSince: null,
    reason: null,
  },
  lastRun: {
    runNo: '12',
    status: 'succeeded',
    startedAt: '2026-11-22T02:00:05.117Z',
    finishedAt: '2026-11-22T02:00:13.598Z',
    durationMs: 8481,
  },
  steps: [
    step('extract', 'erp.gl_detail', 1412, { rows: '28160' }),
    step('land', 'erp.gl_detail', 633, { rows: '28160' }),
    step('verify', 'erp.gl_detail', 410, { rows: '28160', added: '28160', removed: '0', changed: '0' }),
    step('extract', 'erp.posting_log', 902, { rows: '26590' }),
    step('land', 'erp.posting_log', 377, { rows: '26590' }),
    step('verify', 'erp.posting_log', 295, { rows: '26590', added: '26590', removed: '0', changed: '0' }),
    step('transform', 'stg_gl_detail', 512, { rows: '28160' }),
    step('transform', 'journal_entries', 488, { rows: '13295' }),
    step('check', null, 2104, { pass: '7', warn: '1', fail: '2', no_data: '1' }),
    step('measure', null, 361, { kris: '5', controls: '3' }),
    step('publish', null, 142, { tables: '4' }),
    step('alert', null, 87, { opened: '2', sent: '2' }),
  ],
  checks: [
    check('finance.journal_lines.journal_id.not_null', 'not_null', 'completeness', 'journal_lines', 'pass', '28160'),
    check('finance.journal_lines.line_unique', 'unique', 'uniqueness', 'journal_lines', 'pass', '28160'),
    check('finance.journal_lines.debit_credit', 'accepted_values', 'validity', 'journal_lines', 'pass', '28160'),
    check('finance.journal_lines.entry_exists', 'relationships', 'consistency', 'journal_lines', 'pass', '28160'),
    check('finance.entries_in_posting_log', 'reconcile', 'completeness', 'journal_entries', 'pass', '26590'),
    check('finance.weekend_entries', 'bespoke', 'validity', 'journal_entries', 'pass', '13295'),
    check('finance.journal_entries.row_count', 'row_count', 'completeness', 'journal_entries', 'pass', '13295'),
    check('finance.unbalanced_entry', 'bespoke', 'accuracy', 'journal_entries', 'fail', '13295', '4', false),
    check('finance.posting_log_amounts', 'reconcile', 'accuracy', 'journal_entries', 'fail', '26590', '2', false),
    check('finance.round_thousands', 'bespoke', 'validity', 'journal_lines', 'warn', '28160', '226', false),
    check('finance.post_closing_entries', 'bespoke', 'timeliness', 'post_closing_entries', 'no_data', '0', '0', false),
  ],
  kris: [
    kri('FIN-KRI-01', 'Entries whose debits and credits differ', '0.030086', 'percent', '4', '13295', 'red'),
    kri('FIN-KRI-02', 'Lines of a round thousand', '0.802557', 'percent', '226', '28160', 'amber'),
    kri('FIN-KRI-03', 'Net of unbalanced entries', '629471.890000', 'amount', '629471.89', null, 'red'),
    kri('FIN-KRI-04', 'Entries posted on a weekend', '0.000000', 'percent', '0', '13295', 'green'),
    kri('FIN-KRI-05', 'Entries after closing', null, 'percent', null, null, 'no_data'),
  ],
  controls: [
    control('FIN-C-01', 'Every entry balances', '13295', '4', '0.000301', '0.000689', 'ineffective'),
    control('FIN-C-02', 'Every entry is in the posting log', '13295', '0', '0.000000', '0.000226', 'effective'),
    control('FIN-C-03', 'Closed periods take no entry', '0', '0', null, null, 'no_data'),
  ],
  alerts: [
    {
      incident: 'check finance.unbalanced_entry',
      opened: '2026-11-22T02:00:12.940Z',
      status: 'fail',
      sentAt: '2026-11-22T02:00:13.560Z',
    },
    {
      incident: 'KRI FIN-KRI-01',
      opened: '2026-11-22T02:00:13.101Z',
      status: 'red',
      sentAt: '2026-11-22T02:00:13.571Z',
    },
  ],
  publishedTables: [
    { name: 'journal_entries', rows: '13295' },
    { name: 'journal_lines', rows: '28160' },
    { name: 'trial_balance', rows: '312' },
    { name: 'unbalanced_entries', rows: '4' },
  ],
  pulls: [
    {
      source: 'erp',
      table: 'gl_detail',
      batchId: '5b0e9a3c71d24f18',
      rows: '28160',
      tied: true,
      added: '28160',
      removed: '0',
      changed: '0',
      totals: [{ column: 'amount', sum: '928333936.85' }],
    },
    {
      source: 'erp',
      table: 'posting_log',
      batchId: 'c4417d0be2956a03',
      rows: '26590',
      tied: true,
      added: '26590',
      removed: '0',
      changed: '0',
      totals: [{ column: 'total', sum: '928333936.89' }],
    },
  ],
};

/** A vertical whose last run was held back, so that dashboards keep the version before. */
export const access: VerticalStatus = {
  name: 'access',
  published: {
    runNo: '9',
    publishedAt: '2026-11-20T02:10:41.000Z',
    state: 'stale',
    staleSince: '2026-11-21T02:10:39.000Z',
    reason: 'access.terminated_users_enabled failed: 3 of 1,204 (blocking)',
  },
  lastRun: {
    runNo: '11',
    status: 'held',
    startedAt: '2026-11-22T02:10:02.000Z',
    finishedAt: '2026-11-22T02:11:07.000Z',
    durationMs: 65_000,
  },
  steps: [],
  checks: [check('access.terminated_users_enabled', 'bespoke', 'validity', 'users', 'fail', '1204', '3', true)],
  kris: [],
  controls: [],
  alerts: [{ incident: 'access held back', opened: '2026-11-21T02:10:39.000Z', status: 'held', sentAt: null }],
  publishedTables: [{ name: 'users', rows: '1201' }],
  pulls: [
    {
      source: 'directory',
      table: 'users',
      batchId: 'a90f13de',
      rows: '1204',
      tied: true,
      added: '3',
      removed: '0',
      changed: '0',
      totals: [],
    },
  ],
};

export const status: Status = {
  project: 'tickmark-demo',
  verticals: [finance, access],
  ledger: { entries: '318', head: '7d1f0c6b52f0f3a1c9b0de6a41f2a0b7f9c5c1d4e8730a6612cf95be0d4b7a23' },
};

type Step = VerticalStatus['steps'][number];
type Check = VerticalStatus['checks'][number];
type Kri = VerticalStatus['kris'][number];
type Control = VerticalStatus['controls'][number];

function step(name: string, subject: string | null, durationMs: number, figures: Step['figures']): Step {
  return { step: name, subject, status: 'done', durationMs, figures };
}

function check(
  id: string,
  kind: string,
  dimension: Check['dimension'],
  on: string,
  result: Check['status'],
  population: string,
  failures = '0',
  blocking = true,
): Check {
  const percentage = population === '0' ? null : String((100 * Number(failures)) / Number(population)).slice(0, 8);
  const more = { percentage, message: null, waiver: null, slices: [] };
  return { id, kind, dimension, on, status: result, blocking, population, failures, ...more };
}

function kri(
  id: string,
  title: string,
  value: string | null,
  unit: Kri['unit'],
  numerator: string | null,
  denominator: string | null,
  colour: Kri['colour'],
): Kri {
  return { id, title, value, unit, numerator, denominator, colour };
}

function control(
  id: string,
  title: string,
  population: string,
  exceptions: string,
  deviationRate: string | null,
  upperLimit: string | null,
  proposedConclusion: Control['proposedConclusion'],
): Control {
  return { id, title, population, exceptions, deviationRate, upperLimit, proposedConclusion };
}
