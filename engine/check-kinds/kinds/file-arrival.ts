import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { fileNames } from '../file-names.ts';
import { intervalSql, intervalText } from '../interval-text.ts';
import { periodName, periodOf, periods } from '../periods.ts';
import { pulledFiles } from '../pulled-files.ts';
import { plantPull } from '../planted-pull.ts';

const Arguments = z.strictObject({
  pattern: z
    .string()
    .describe(
      `The name of a period's file, with the date parts of its first day and * or ? for what varies: 'sales_{yyyy}-{MM}-{dd}.csv'. Parts: yyyy, yy, MM, dd, ww and iyyy (ISO week and its year), HH. Without a / only the last part of a path is compared.`,
    ),
  every: z
    .enum(['day', 'weekday', 'week', 'month'])
    .default('day')
    .describe('For which periods a file comes; weekday: Monday to Friday.'),
  from: z.iso
    .date({ error: 'a date as 2026-01-31, in quotes' })
    .optional()
    .describe('A date in the first period that has a file.'),
  last: z.int().min(1).max(400).default(7).describe('Of how many periods, the newest, the files are expected.'),
  grace: intervalText
    .default('0 hours')
    .describe("How long after its period's end a file may take, by the run's clock: 6 hours."),
  except: z
    .array(z.iso.date({ error: 'a date as 2026-01-31, in quotes' }))
    .default([])
    .describe('Dates whose period has no file: holidays.'),
  min_rows: z.int().min(0).default(1).describe('How many records a file has at least; 0 allows an empty one.'),
});
type Arguments = z.output<typeof Arguments>;

/** The file of each period has come, once, and with something in it. */
export const fileArrival = checkKind({
  arguments: Arguments,
  refuse: ({ pattern }) => {
    const { unknown, hasDate } = fileNames(pattern);
    if (unknown !== undefined) return `pattern has the part {${unknown}}; it may have yyyy, yy, MM, dd, ww, iyyy, HH`;
    return hasDate ? undefined : `pattern has no date part, so every period's file would be the same one`;
  },
  dimension: 'timeliness',
  of: 'relation',
  violationOf: 'group',
  finds:
    'periods whose file is not among the files that the landed table was read from, by the manifests of its pulls; files with fewer than min_rows records; and files with the very bytes of another (the same SHA-256): one file sent twice.',
  example: `file_arrival:
  arguments: { pattern: 'sales_{yyyy}-{MM}-{dd}.csv', every: weekday, last: 10, grace: 6 hours }`,
  plan: (context) => {
    const { every, min_rows: least } = context.arguments;
    const { source, table } = landedTable(context);
    const period = every === 'weekday' ? 'day' : every;
    const files = `files as (
  ${pulledFiles(source, table)}
),
expected as (
  ${expectedPeriods(context)}
),
arrived as (
  select expected.period, expected.called, files.name, files.bytes, files.rows, files.sha256
  from expected
  left join files on files.name ~ expected.fitting
)`;
    const name = periodName(period, 'period');
    return {
      // A landed table without a row has received nothing, whatever its files were called.
      population: {
        query: `with ${files} select count(distinct name) from arrived where exists (select 1 from ${context.relation} as t where ${context.where})`,
      },
      violations: `with ${files},
others as (
  select arrived.period, arrived.name, min(files.name) as other
  from arrived
  join files on files.sha256 = arrived.sha256 and files.name <> arrived.name
  where arrived.bytes > 0
  group by arrived.period, arrived.name
)
select ${name} as subject_id, ${literal(`no file ${context.arguments.pattern} for this ${period}: `)} || called as reason, period as occurred_at
from arrived where name is null
union all
select ${name}, name || ' has ' || rows || ${literal(` records; expected at least ${least}`)}, period from arrived where rows < ${least}
union all
select ${name}, name || ' is the same file as ' || other, period from others where name > other or not exists (select 1 from others as twin where twin.name = others.other)`,
      unpinned: true,
      emptyMeans: 'nothing to look at: the table has no rows, or no file was expected yet',
    };
  },
  faults: [
    { name: 'a pull finds no file any more', statements: plantPull(`'[]'::jsonb`) },
    {
      name: 'every file comes with the bytes of the first',
      statements: plantPull(
        `(select jsonb_agg(each || jsonb_build_object('sha256', files -> 0 ->> 'sha256', 'bytes', '7')) from jsonb_array_elements(files) as each)`,
      ),
    },
    {
      name: 'every file is empty',
      statements: plantPull(
        `(select jsonb_agg(each || jsonb_build_object('rows', '0')) from jsonb_array_elements(files) as each)`,
      ),
    },
  ],
});

function landedTable({ definition }: KindContext<Arguments>): { readonly source: string; readonly table: string } {
  const [source, table, more] = definition.on.split('.');
  if (source !== undefined && table !== undefined && more === undefined) return { source, table };
  throw new EngineError(
    'CHECK_INVALID',
    `check ${definition.id}: file_arrival is about a landed table, and ${definition.on} is a model; put it under the source's table`,
    { place: { file: definition.file, line: definition.line } },
  );
}

/** The last periods that are over, with the name of their file as people read it and as a regular expression. */
function expectedPeriods({ runClock, arguments: given }: KindContext<Arguments>): string {
  const { every, from, last, grace, except } = given;
  const period = every === 'weekday' ? 'day' : every;
  const over = `${periodOf(period, `${runClock()} - ${intervalSql(grace)}`)} - ${periods(1, period)}`;
  const names = fileNames(given.pattern);
  // Weekends and holidays are passed over, so there are fewer of them than days.
  const far = periods(every === 'weekday' ? last * 2 + 7 + except.length : last + except.length, period);
  const isExpected = [
    ...(every === 'weekday' ? ['extract(isodow from period) < 6'] : []),
    ...(from === undefined ? [] : [`period >= ${periodOf(period, `timestamp ${literal(from)}`)}`]),
    ...except.map((date) => `period <> ${periodOf(period, `timestamp ${literal(date)}`)}`),
  ];
  return `select period, ${names.called('period')} as called, ${names.fitting('period')} as fitting
  from generate_series(${over} - ${far}, ${over}, ${periods(1, period)}) as period
  where ${['true', ...isExpected].join(' and ')}
  order by period desc limit ${last}`;
}
