import { SourceTable } from '../../../../engine/contracts/source.ts';
import type { DeclaredSource } from '../../../../engine/contracts/project.ts';
import type { TestModel } from '../../../setup/compile-test-run.ts';
import { table } from './case.ts';
import type { Cases } from './case.ts';

/** So many rows on each day of January up to the 30th, the last that is over by the run's clock, by an SQL number over the day `d` from 0. */
const january = (rows: string, days = 'generate_series(0, 29)'): string =>
  table(`select date '2026-01-01' + d as day, 10 + d as amount from ${days} as d, generate_series(1, ${rows}) as n`);
/** One row for each of these times. */
const arrivals = (...times: string[]): string =>
  table(`select 'n' as part, at from unnest(array[${times.map((time) => `'${time}'`).join(', ')}]::timestamp[]) as at`);

export const models: readonly TestModel[] = [
  // 10, 11 and 12 rows in turn: a median of 11, and a MAD of 1.
  { name: 'steady', template: january('10 + d % 3') },
  { name: 'quiet', template: january('case d when 29 then 6 else 10 + d % 3 end') },
  { name: 'flood', template: january('case d when 29 then 16 else 10 + d % 3 end') },
  // What is as far as the limit is still usual; by 1.4826 and a MAD of 1 only k = 2.5 / 1.4826 could be hit, so of another column.
  { name: 'flat', template: january('case d when 29 then 11 else 10 end') },
  { name: 'stopped', template: january('10', 'generate_series(0, 28)') },
  { name: 'young', template: january('10', 'generate_series(23, 29)') },
  { name: 'too_young', template: january('10', 'generate_series(24, 29)') },
  // Friday the 30th is as weak as a Sunday.
  {
    name: 'weekly',
    template: table(
      `select day::date from generate_series(timestamp '2025-10-01', '2026-01-30', '1 day') as day, generate_series(1, case when extract(isodow from day) > 5 then 2 else 20 end) as n`,
    ),
  },
  {
    name: 'weekly_weak',
    template: table(
      `select day::date from generate_series(timestamp '2025-10-01', '2026-01-30', '1 day') as day, generate_series(1, case when extract(isodow from day) > 5 or day = '2026-01-30' then 2 else 20 end) as n`,
    ),
  },
  // A drift that no single day shows.
  { name: 'drift', template: january('case when d > 22 then 23 else 20 end + d % 2') },
  { name: 'no_days', template: table(`select date '2026-01-01' as day, 1 as amount where false`) },
  {
    name: 'null_days',
    template: table(`select null::date as day, null::int as amount, null::text as part from generate_series(1, 3)`),
  },
  {
    name: 'amounts',
    template: table(
      `select date '2026-01-01' + d as day, case when d < 29 then 10 + d % 3 end as amount from generate_series(0, 29) as d`,
    ),
  },

  { name: 'fresh', template: arrivals('2026-01-29 06:00', '2026-01-30 06:00', '2026-01-31 06:00') },
  { name: 'ahead', template: arrivals('2026-01-31 07:00', '2026-01-31 09:00:00.000001') },
  {
    name: 'parts_fresh',
    template: table(
      `select * from (values ('n', timestamp '2026-01-31 06:00'), ('s', '2026-01-20 06:00'), ('s', null), ('w', null), (null, '2026-01-31 05:00')) as v(part, at)`,
    ),
  },
  { name: 'no_times', template: table(`select 'n' as part, timestamp '2026-01-01' as at where false`) },
  { name: 'null_times', template: table(`select 'n' as part, null::timestamp as at from generate_series(1, 2)`) },
  {
    name: 'regular',
    template: table(
      `select day + n * interval '1 second' as at from generate_series(timestamp '2026-01-01 06:00', '2026-01-31', '1 day') as day, generate_series(1, 3) as n`,
    ),
  },
  {
    name: 'overdue',
    template: table(
      `select day + n * interval '1 second' as at from generate_series(timestamp '2026-01-01 06:00', '2026-01-29', '1 day') as day, generate_series(1, 3) as n`,
    ),
  },

  {
    name: 'worked',
    template: table(
      `select day::date, part from generate_series(timestamp '2026-01-01', '2026-01-30', '1 day') as day, (values ('n'), ('s')) as p(part) where extract(isodow from day) < 6`,
    ),
  },
  {
    name: 'worked_gaps',
    template: table(
      `select day::date, part from generate_series(timestamp '2026-01-01', '2026-01-30', '1 day') as day, (values ('n'), ('s')) as p(part) where extract(isodow from day) < 6 and not (part = 's' and extract(day from day) in (8, 9, 12, 20))`,
    ),
  },
  {
    name: 'years',
    template: table(`select make_date(y, 1, 1) + 40 as day from generate_series(2020, 2025) as y where y <> 2022`),
  },

  {
    name: 'entries',
    template: table(
      `select * from (values (date '2026-01-05', timestamp '2026-01-05 10:00'), ('2026-01-05', '2026-01-10 00:00'), ('2026-01-05', '2026-01-05 00:00')) as v(happened, recorded)`,
    ),
  },
  {
    name: 'entries_late',
    template: table(
      `select * from (values (1, date '2026-01-05', timestamp '2026-01-10 00:00:00.000001'), (2, '2026-01-05', '2026-01-04 23:00'), (3, null, '2026-01-05 10:00'), (4, '2026-01-05', null), (5, '2026-01-05', '2026-01-06')) as v(id, happened, recorded)`,
    ),
  },
  {
    name: 'no_entries',
    template: table(`select date '2026-01-05' as happened, timestamp '2026-01-05' as recorded where false`),
  },
  { name: 'null_entries', template: table(`select null::date as happened, null::timestamp as recorded`) },
];

const landed = (name: string): DeclaredSource => ({
  ...SourceTable.parse({ name, file: `${name}_*.csv` }),
  vertical: 'shop',
  source: 'drop',
  connection: 'drop',
  declaredIn: 'sql/shop/sources.yml',
  line: 1,
});
const LANDED = ['daily', 'daily_bad', 'daily_none', 'daily_empty', 'daily_nulls', 'single'];
export const sources: readonly DeclaredSource[] = LANDED.map(landed);

const file = (name: string, sha256 = name, rows = '10', bytes = '100') => ({ name, bytes, rows, sha256 });
const days = (...numbers: number[]) => numbers.map((day) => file(`in/daily_2026-01-${day}.csv`));
const MANIFESTS: readonly (readonly [table: string, manifest: object])[] = [
  ['daily', { window: null, files: days(25, 26, 27, 28, 29, 30) }],
  ['daily_empty', { window: null, files: days(25, 26, 27, 28, 29, 30) }],
  ['daily_nulls', { window: null, files: days(28, 29, 30) }],
  ['daily_none', { window: null, files: [] }],
  [
    'daily_bad',
    {
      window: null,
      files: [
        file('daily_2025-12-31.csv'),
        file('daily_2026-01-27.csv'),
        file('daily_2026-01-28.csv', 'daily_2025-12-31.csv'),
        file('daily_2026-01-29.csv', 'x', '0'),
        file('daily_2026-1-30.csv'),
        file('daily_2026-01-30.csv.part'),
      ],
    },
  ],
  // As it was kept before each file was: of one file, in the words of the system.
  [
    'single',
    { window: null, system: { type: 'files', file: 'month_2025-12.csv', bytes: '9', sha256: 'ab' }, sourceRows: '4' },
  ],
];

export const before: readonly string[] = [
  'create schema raw_drop',
  'grant usage on schema raw_drop to public',
  ...LANDED.flatMap((name) => [
    `create table raw_drop.${name} as select 1 as id${name === 'daily_empty' ? ' where false' : ''}`,
    `alter table raw_drop.${name} owner to tickmark`,
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash)
    select run_id, run_no, 'drop', '${name}', true, '[]', 1, 1, 0, 0, '' from audit.runs where run_id = $1`,
  ]),
  'update raw_drop.daily_nulls set id = null',
  ...MANIFESTS.map(
    ([name, manifest]) =>
      `insert into audit.pulls (run_id, run_no, source, table_name, beside_table, manifest) select run_id, run_no, 'drop', '${name}', '', '${JSON.stringify(manifest)}' from audit.runs where run_id = $1`,
  ),
];

const byDay = (more: object = {}) => ({ time: 'day', every: 'day', ...more });
const daily = (more: object = {}) => ({ pattern: 'daily_{yyyy}-{MM}-{dd}.csv', last: 6, ...more });

export const cases: Cases = {
  'volume_anomaly passes': {
    check: { kind: 'volume_anomaly', on: 'steady', arguments: byDay() },
    status: 'pass',
    counts: '320/0',
  },
  'volume_anomaly fails on a quiet day': {
    check: { kind: 'volume_anomaly', on: 'quiet', arguments: byDay() },
    status: 'fail',
    counts: '314/1',
    rows: ['2026-01-30: 2026-01-30: rows: 6; usual is 6.5522 to 15.4478 by 28 days before 2026-01-30 00:00:00'],
  },
  'volume_anomaly fails on a flood': {
    check: { kind: 'volume_anomaly', on: 'flood', arguments: byDay({ direction: 'up' }) },
    status: 'fail',
  },
  'volume_anomaly may look for less only': {
    check: { kind: 'volume_anomaly', on: 'flood', arguments: byDay({ direction: 'down' }) },
    status: 'pass',
  },
  'volume_anomaly takes any difference where days are all the same': {
    check: { kind: 'volume_anomaly', on: 'flat', arguments: byDay() },
    status: 'fail',
    rows: ['2026-01-30: 2026-01-30: rows: 11; usual is 10 to 10 by 28 days before 2026-01-30 00:00:00'],
  },
  'volume_anomaly leaves small changes out, the bound included': {
    check: { kind: 'volume_anomaly', on: 'flat', arguments: byDay({ min_change: '10 %' }) },
    status: 'pass',
  },
  'volume_anomaly finds a day without rows': {
    check: { kind: 'volume_anomaly', on: 'stopped', arguments: byDay() },
    status: 'fail',
    rows: ['2026-01-30: 2026-01-30: rows: 0; usual is 10 to 10 by 28 days before 2026-01-30 00:00:00'],
  },
  'volume_anomaly judges several days': {
    check: { kind: 'volume_anomaly', on: 'quiet', arguments: byDay({ detect: 3 }) },
    status: 'fail',
    rows: ['2026-01-30: 2026-01-30: rows: 6; usual is 6.5522 to 15.4478 by 27 days before 2026-01-30 00:00:00'],
  },
  'volume_anomaly has enough with the least number of days': {
    check: { kind: 'volume_anomaly', on: 'young', arguments: byDay({ min_training: 6 }) },
    status: 'pass',
    counts: '70/0',
  },
  'volume_anomaly has no data with fewer': {
    check: { kind: 'volume_anomaly', on: 'too_young', arguments: byDay({ min_training: 6 }) },
    status: 'no_data',
    counts: '0/0',
    message: 'nothing to look at: no rows, or they begin less than 6 days before the day that is judged',
  },
  'volume_anomaly knows weekdays': {
    check: { kind: 'volume_anomaly', on: 'weekly', arguments: byDay({ season: 'week', detect: 7 }) },
    status: 'pass',
  },
  'volume_anomaly finds a Friday like a Sunday': {
    check: { kind: 'volume_anomaly', on: 'weekly_weak', arguments: byDay({ season: 'week', detect: 7 }) },
    status: 'fail',
    rows: ['2026-01-30: 2026-01-30: rows: 2; usual is 20 to 20 by 17 days of earlier weeks 2026-01-30 00:00:00'],
  },
  'volume_anomaly finds drift by its weighted average': {
    check: { kind: 'volume_anomaly', on: 'drift', arguments: byDay({ method: 'ewma' }) },
    status: 'fail',
  },
  'volume_anomaly without drift passes by its weighted average': {
    check: { kind: 'volume_anomaly', on: 'steady', arguments: byDay({ method: 'ewma' }) },
    status: 'pass',
  },
  'volume_anomaly looks at any aggregate': {
    check: { kind: 'volume_anomaly', on: 'steady', arguments: byDay({ value: 'sum(amount)', k: '2' }) },
    status: 'pass',
  },
  'volume_anomaly fails on an aggregate without a value': {
    check: { kind: 'volume_anomaly', on: 'amounts', arguments: byDay({ value: 'sum(amount)' }) },
    status: 'fail',
    rows: ['2026-01-30: 2026-01-30: sum(amount): no value 2026-01-30 00:00:00'],
  },
  'volume_anomaly over an empty table has no data': {
    check: { kind: 'volume_anomaly', on: 'no_days', arguments: byDay() },
    status: 'no_data',
    counts: '0/0',
  },
  'volume_anomaly over nulls alone has no data': {
    check: { kind: 'volume_anomaly', on: 'null_days', arguments: byDay() },
    status: 'no_data',
    counts: '0/0',
  },

  'metric_anomaly passes': {
    check: { kind: 'metric_anomaly', on: 'steady' },
    history: ['330', '331', '329', '330', '332', '328', '331'],
    status: 'pass',
    counts: '330/0',
  },
  'metric_anomaly fails': {
    check: { kind: 'metric_anomaly', on: 'steady', arguments: { value: 'sum(amount) + 0.5' } },
    history: ['330', '331', '329', '330', '332', '328', '331'],
    status: 'fail',
    rows: ['steady: sum(amount) + 0.5: 8105.5; usual is 325.5522 to 334.4478 by 7 published runs before'],
  },
  'metric_anomaly leaves out figures that were none': {
    check: { kind: 'metric_anomaly', on: 'steady' },
    history: ['330', '331', 'NaN', '330', '332', '328', '331'],
    status: 'no_data',
    message: 'nothing to look at: no rows, or fewer than 7 published runs to compare with',
  },
  'metric_anomaly goes by a weighted average': {
    check: { kind: 'metric_anomaly', on: 'steady', arguments: { method: 'ewma', direction: 'up' } },
    history: ['330', '331', '329', '330', '332', '328', '331'],
    status: 'pass',
  },
  'metric_anomaly over an empty table fails where there were rows': {
    check: { kind: 'metric_anomaly', on: 'no_days' },
    history: ['330', '331', '329', '330', '332', '328', '331'],
    status: 'fail',
    counts: '0/1',
  },
  'metric_anomaly over nulls alone has no figure': {
    check: { kind: 'metric_anomaly', on: 'null_days', arguments: { value: 'avg(amount)' } },
    history: ['330', '331', '329', '330', '332', '328', '331'],
    status: 'fail',
    counts: '3/1',
    rows: ['null_days: avg(amount): no value'],
  },

  'freshness passes at its very bound': {
    check: { kind: 'freshness', on: 'fresh', arguments: { time: 'at', max_age: '2 hours' } },
    status: 'pass',
    counts: '3/0',
  },
  'freshness fails beyond it': {
    check: { kind: 'freshness', on: 'fresh', arguments: { time: 'at', max_age: '119 minutes' } },
    status: 'fail',
    counts: '3/1',
    rows: ['fresh: the newest at is more than 119 minutes old: 2026-01-31 06:00:00 2026-01-31 06:00:00'],
  },
  'freshness fails on a time in the future, which does not count as new': {
    check: { kind: 'freshness', on: 'ahead', arguments: { time: 'at', max_age: '30 minutes' } },
    status: 'fail',
    counts: '2/1',
    rows: [
      'ahead: the newest at is more than 30 minutes old: 2026-01-31 07:00:00; a at lies more than 1 hour in the future: 2026-01-31 09:00:00.000001 2026-01-31 09:00:00.000001',
    ],
  },
  'freshness may allow the future': {
    check: { kind: 'freshness', on: 'ahead', arguments: { time: 'at', max_age: '1 hour', max_ahead: '61 minutes' } },
    status: 'pass',
  },
  'freshness passes in each group': {
    check: { kind: 'freshness', on: 'fresh', arguments: { time: 'at', max_age: '1 day', group_by: ['part'] } },
    status: 'pass',
  },
  'freshness names stale groups and those without any time': {
    check: { kind: 'freshness', on: 'parts_fresh', arguments: { time: 'at', max_age: '1 day', group_by: ['part'] } },
    status: 'fail',
    counts: '3/2',
    rows: ['s: the newest at is more than 1 day old: 2026-01-20 06:00:00 2026-01-20 06:00:00', 'w: no row has a at'],
  },
  'freshness over an empty table has no data': {
    check: { kind: 'freshness', on: 'no_times', arguments: { time: 'at', max_age: '1 day' } },
    status: 'no_data',
    counts: '0/0',
  },
  'freshness over nulls alone fails': {
    check: { kind: 'freshness', on: 'null_times', arguments: { time: 'at', max_age: '1 day' } },
    status: 'fail',
    counts: '0/1',
    rows: ['null_times: no row has a at'],
  },

  'freshness_anomaly passes': {
    check: { kind: 'freshness_anomaly', on: 'regular', arguments: { time: 'at' } },
    status: 'pass',
    counts: '90/0',
  },
  'freshness_anomaly fails when nothing came for long': {
    check: { kind: 'freshness_anomaly', on: 'overdue', arguments: { time: 'at' } },
    status: 'fail',
    counts: '84/1',
    rows: ['overdue: hours since the last at: 74; usual is 0 to 48 by 27 gaps before 2026-01-28 06:00:00'],
  },
  'freshness_anomaly has no data with few arrivals': {
    check: { kind: 'freshness_anomaly', on: 'fresh', arguments: { time: 'at' } },
    status: 'no_data',
    counts: '0/0',
  },
  'freshness_anomaly over an empty table has no data': {
    check: { kind: 'freshness_anomaly', on: 'no_times', arguments: { time: 'at' } },
    status: 'no_data',
  },
  'freshness_anomaly over nulls alone has no data': {
    check: { kind: 'freshness_anomaly', on: 'null_times', arguments: { time: 'at' } },
    status: 'no_data',
  },

  'missing_periods passes on weekdays': {
    check: {
      kind: 'missing_periods',
      on: 'worked',
      arguments: byDay({ from: '2026-01-01', weekdays_only: true, group_by: ['part'] }),
    },
    status: 'pass',
    counts: '44/0',
  },
  'missing_periods passes by years, but for what is excepted': {
    check: { kind: 'missing_periods', on: 'years', arguments: { time: 'day', every: 'year', except: ['2022-05-01'] } },
    status: 'pass',
    counts: '5/0',
  },
  'missing_periods fails on weekends': {
    check: { kind: 'missing_periods', on: 'worked', arguments: byDay({ to: 'data' }) },
    status: 'fail',
    counts: '44/4',
    rows: [
      'worked: no rows from 2026-01-03 to 2026-01-04 (2 days) 2 2026-01-03 00:00:00',
      'worked: no rows from 2026-01-10 to 2026-01-11 (2 days) 2 2026-01-10 00:00:00',
      'worked: no rows from 2026-01-17 to 2026-01-18 (2 days) 2 2026-01-17 00:00:00',
      'worked: no rows from 2026-01-24 to 2026-01-25 (2 days) 2 2026-01-24 00:00:00',
    ],
  },
  'missing_periods names each run of each group': {
    check: {
      kind: 'missing_periods',
      on: 'worked_gaps',
      arguments: byDay({ from: '2026-01-01', weekdays_only: true, group_by: ['part'] }),
    },
    status: 'fail',
    counts: '40/2',
    rows: [
      's: no rows from 2026-01-08 to 2026-01-12 (3 days) 3 2026-01-08 00:00:00',
      's: no rows in the day 2026-01-20 1 2026-01-20 00:00:00',
    ],
  },
  'missing_periods asks for more than one row': {
    check: {
      kind: 'missing_periods',
      on: 'worked_gaps',
      arguments: { time: 'day', every: 'week', from: '2025-12-29', to: '2026-01-25', min_rows: 8 },
    },
    status: 'fail',
    rows: ['worked_gaps: fewer than 8 rows in the week 2025-12-29 1 2025-12-29 00:00:00'],
  },
  'missing_periods of a time that is still to come has no data': {
    check: { kind: 'missing_periods', on: 'worked', arguments: byDay({ from: '2026-03-01' }) },
    status: 'no_data',
    counts: '0/0',
  },
  'missing_periods over an empty table fails from a given day': {
    check: { kind: 'missing_periods', on: 'no_days', arguments: byDay({ from: '2026-01-01' }) },
    status: 'fail',
    counts: '0/1',
    rows: ['no_days: no rows from 2026-01-01 to 2026-01-30 (30 days) 30 2026-01-01 00:00:00'],
  },
  'missing_periods over an empty table has no data without one': {
    check: { kind: 'missing_periods', on: 'no_days', arguments: byDay() },
    status: 'no_data',
  },
  'missing_periods over nulls alone has no data': {
    check: { kind: 'missing_periods', on: 'null_days', arguments: byDay({ group_by: 'part' }) },
    status: 'no_data',
    counts: '0/0',
  },

  'file_arrival passes': {
    check: { kind: 'file_arrival', on: 'drop.daily', arguments: daily() },
    status: 'pass',
    counts: '6/0',
  },
  'file_arrival passes on weekdays, by a manifest that names one file': {
    check: {
      kind: 'file_arrival',
      on: 'drop.single',
      arguments: { pattern: 'month_{yyyy}-{MM}.csv', every: 'month', last: 1 },
    },
    status: 'pass',
    counts: '1/0',
  },
  'file_arrival expects no file before its first period and within its grace': {
    check: {
      kind: 'file_arrival',
      on: 'drop.daily',
      arguments: daily({ every: 'weekday', last: 300, from: '2026-01-26', grace: '2 days' }),
    },
    status: 'pass',
    counts: '3/0',
  },
  'file_arrival finds what is missing, sent twice and empty': {
    check: { kind: 'file_arrival', on: 'drop.daily_bad', arguments: daily({ last: 4 }) },
    status: 'fail',
    counts: '3/3',
    rows: [
      '2026-01-28: daily_2026-01-28.csv is the same file as daily_2025-12-31.csv 2026-01-28 00:00:00',
      '2026-01-29: daily_2026-01-29.csv has 0 records; expected at least 1 2026-01-29 00:00:00',
      '2026-01-30: no file daily_{yyyy}-{MM}-{dd}.csv for this day: daily_2026-01-30.csv 2026-01-30 00:00:00',
    ],
  },
  'file_arrival fails when no file has come': {
    check: { kind: 'file_arrival', on: 'drop.daily_none', arguments: daily({ last: 2 }) },
    status: 'fail',
    counts: '0/2',
  },
  'file_arrival over an empty table has no data': {
    check: { kind: 'file_arrival', on: 'drop.daily_empty', arguments: daily() },
    status: 'no_data',
    counts: '0/0',
  },
  'file_arrival over rows of nulls alone goes by the files': {
    check: { kind: 'file_arrival', on: 'drop.daily_nulls', arguments: daily({ last: 3 }) },
    status: 'pass',
    counts: '3/0',
  },
  'file_arrival is about landed tables': {
    check: { kind: 'file_arrival', on: 'fresh', arguments: daily() },
    status: 'error',
    message:
      "checks/shop/test.yml:7: check shop.N: file_arrival is about a landed table, and fresh is a model; put it under the source's table [CHECK_INVALID]",
  },

  'late_arrival passes, both bounds included': {
    check: {
      kind: 'late_arrival',
      on: 'entries',
      arguments: { event: 'happened', recorded: 'recorded', max: '5 days' },
    },
    status: 'pass',
    counts: '3/0',
  },
  'late_arrival fails on late, early and missing times': {
    check: {
      kind: 'late_arrival',
      on: 'entries_late',
      arguments: { event: 'happened', recorded: 'recorded', max: '5 days' },
    },
    status: 'fail',
    counts: '5/4',
  },
  'late_arrival may leave rows without a time out, and allow an hour before': {
    check: {
      kind: 'late_arrival',
      on: 'entries_late',
      arguments: { event: 'happened', recorded: 'recorded', max: '120 hours', max_before: '1 hour', nulls: 'skip' },
    },
    status: 'fail',
    counts: '3/1',
  },
  'late_arrival over an empty table has no data': {
    check: {
      kind: 'late_arrival',
      on: 'no_entries',
      arguments: { event: 'happened', recorded: 'recorded', max: '5 days' },
    },
    status: 'no_data',
    counts: '0/0',
  },
  'late_arrival over nulls alone has no data when they are left out': {
    check: {
      kind: 'late_arrival',
      on: 'null_entries',
      arguments: { event: 'happened', recorded: 'recorded', max: '5 days', nulls: 'skip' },
    },
    status: 'no_data',
    counts: '0/0',
  },
};
