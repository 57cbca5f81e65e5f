import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { identifier, literal } from '../../sql-text.ts';
import { columns } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext, KnownColumn } from '../check-kind.ts';
import { keyText } from '../key-text.ts';
import { isNumber, oneRow } from '../planting.ts';
import { LANDING_COLUMNS } from '../../landing-columns.ts';

const Arguments = z.strictObject({
  keys: columns
    .refine((names) => names.length > 0, { error: 'needs at least one column' })
    .describe('Columns that identify a row.'),
  columns: columns.optional().describe('Columns that must not change; all when left out.'),
  except: columns.default([]).describe('Of all columns, those that may change.'),
  allow_new: z.boolean().default(true).describe('Whether rows may be added.'),
  allow_removed: z.boolean().default(false).describe('Whether rows may go.'),
});
type Arguments = z.output<typeof Arguments>;

/** Rows that stood in the last published run still stand, with the same values. */
export const unchangedRows = checkKind({
  arguments: Arguments,
  dimension: 'consistency',
  of: 'relation',
  violationOf: 'row',
  finds:
    'rows of the last published run that are gone or whose values changed, such as posted ledger lines that a restatement touched; keys that stood or stand several times, and rows of then without a whole key, which nobody can find again. With where, both sides are read under it: closed periods. Before anything was published there is no data, which by default does not hold the run.',
  example: `unchanged_rows:
  arguments: { keys: [journal_id, line_number], except: [loaded_at] }
  where: fiscal_year < 2026`,
  settings: { no_data: 'tell' },
  needsColumns: ({ on }) => [on],
  plan: (context) => {
    const { definition, where, arguments: given } = context;
    const before = context.previous(definition.on);
    const noData = { unpinned: true, emptyMeans: 'no rows in the last published run, or no such run to compare with' };
    if (before === undefined) {
      const none = 'select null::text as subject_id, null::text as reason where false';
      return { population: { query: 'select 0' }, found: { query: 'select 0' }, violations: none, ...noData };
    }
    return {
      population: { query: `select count(*) from ${before} as t where ${where}` },
      violations: changes(context, before, given),
      ...noData,
    };
  },
  faults: [
    { name: 'a row is lost', statements: ({ relation }) => [`delete from ${relation} where ${oneRow(relation)}`] },
    {
      name: 'a value changes',
      statements: ({ relation, columns: all, arguments: given }) => {
        const aside = [...list(given['keys']), ...list(given['except']), ...LANDING_COLUMNS];
        const chosen = list(given['columns']);
        const one = all.find(({ name }) => (chosen.length === 0 ? !aside.includes(name) : chosen.includes(name)));
        if (one === undefined) return [`delete from ${relation}`];
        const column = identifier(one.name);
        const changed = isNumber(one)
          ? `coalesce(${column}, 0) + 1`
          : one.type === 'text'
            ? `coalesce(${column}, '') || 'x'`
            : `null`;
        return [`update ${relation} set ${column} = ${changed} where ${oneRow(relation)}`];
      },
    },
  ],
});

function list(written: unknown): readonly string[] {
  return Array.isArray(written) ? written.map(String) : [];
}

function changes(context: KindContext<Arguments>, before: string, given: Arguments): string {
  const { relation, where, shown } = context;
  const keys = given.keys.map((name) => ({ written: name, sql: identifier(name) }));
  const compared = comparedColumns(context);
  const of = (side: string): string => keys.map(({ sql }) => `${side}.${sql}`).join(', ');
  const subject = (side: string): string => keyText(keys.map(({ sql, written }) => shown(`${side}.${sql}`, written)));
  const isWhole = keys.map(({ sql }) => `t.${sql} is not null`).join(' and ');
  const [key] = keys.map(({ sql }) => sql);
  const differs = compared.map(({ name, type }) => {
    const text = /^(json|xml|point|polygon)/.test(type) ? '::text' : '';
    return `then_.${identifier(name)}${text} is distinct from now_.${identifier(name)}${text}`;
  });
  const changed = compared.map(({ name }, index) => {
    const value = (side: string): string => `coalesce(${shown(`${side}.${identifier(name)}`, name)}, 'nothing')`;
    return `case when ${differs[index]} then ${literal(`${name} was `)} || ${value('then_')} || ' and is ' || ${value('now_')} end`;
  });
  return `with then_ as not materialized (select * from ${before} as t where ${where} and ${isWhole}),
now_ as not materialized (select * from ${relation} as t where ${where} and ${isWhole})
select case when then_.${key} is null then ${subject('now_')} else ${subject('then_')} end as subject_id,
  case when now_.${key} is null then 'stood in the last published run and is gone' when then_.${key} is null then 'did not stand in the last published run'
  else concat_ws(', ', ${changed.join(', ')}) end as reason
from then_
full join now_ on ${keys.map(({ sql }) => `then_.${sql} = now_.${sql}`).join(' and ')}
where case when now_.${key} is null then ${!given.allow_removed} when then_.${key} is null then ${!given.allow_new}
  else ${differs.join(' or ')} end
union all
select ${subject('counted')}, 'the key stood ' || stood || ' times and stands ' || stands || ' times; it does not identify a row'
from (
  select ${keys.map(({ sql }) => sql).join(', ')}, sum(stood) as stood, sum(stands) as stands
  from (select ${of('then_')}, 1 as stood, 0 as stands from then_ union all select ${of('now_')}, 0, 1 from now_) as both_
  group by ${keys.map(({ sql }) => sql).join(', ')}
  having sum(stood) > 1 or (sum(stands) > 1 and (sum(stood) > 0 or ${!given.allow_new}))
) as counted
union all
select 'row ' || md5(t::text), 'stood in the last published run without a whole key, so it cannot be found again'
from ${before} as t
where ${where} and not (${isWhole})`;
}

function comparedColumns({ definition, columnsOf, arguments: given }: KindContext<Arguments>): readonly KnownColumn[] {
  const known = columnsOf(definition.on);
  const named = given.columns?.map((name) => known.find((column) => column.name === name) ?? { name, type: 'text' });
  // _run_no is the run that brought a landed row: it says nothing of the row.
  const aside = new Set([...given.keys, ...given.except, ...LANDING_COLUMNS]);
  const compared = named ?? known.filter(({ name }) => !aside.has(name));
  if (compared.length > 0) return compared;
  throw new EngineError('CHECK_INVALID', `check ${definition.id}: no column is left to compare`, {
    place: { file: definition.file, line: definition.line },
  });
}
