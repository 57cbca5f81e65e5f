import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { identifier, literal } from '../../sql-text.ts';
import { checkKind } from '../check-kind.ts';
import type { CheckPlan, KindContext } from '../check-kind.ts';
import { postgresType } from '../postgres-type.ts';

interface ExpectedColumn {
  readonly name: string;
  readonly type?: string | undefined;
  readonly nullable?: boolean | undefined;
}

const Column = z.strictObject({
  name: z.string().min(1),
  type: z.string().min(1).optional(),
  nullable: z.boolean().optional(),
});

const Arguments = z.strictObject({
  columns: z
    .union([z.record(z.string().min(1), z.string().min(1)), z.array(z.union([z.string().min(1), Column])).min(1)])
    .transform((written): readonly ExpectedColumn[] =>
      Array.isArray(written)
        ? written.map((each) => (typeof each === 'string' ? { name: each } : each))
        : Object.entries(written).map(([name, type]) => ({ name, type })),
    )
    .refine((columns) => columns.length > 0, { error: 'needs at least one column' })
    .describe(
      'The columns: `{name: type}`; or a list of names, or of `{name, type, nullable}`. A type without a length takes any; `nullable: false` means that no row lacks a value.',
    ),
  order: z.boolean().default(false).describe('Whether they stand in this order.'),
  extra: z.enum(['forbid', 'allow']).default('forbid').describe('Whether there may be more.'),
});
type Arguments = z.output<typeof Arguments>;

/** The relation has the columns that were agreed. */
export const schema = checkKind({
  arguments: Arguments,
  refuse: ({ columns }) => {
    const doubled = columns.find(({ name }, index) => columns.findIndex((other) => other.name === name) !== index);
    return doubled === undefined ? undefined : `column ${doubled.name} is listed twice`;
  },
  dimension: 'validity',
  of: 'relation',
  violationOf: 'whole',
  finds:
    'columns that are missing, of another type, too many (`extra: forbid`), in another place (`order: true`), or without a value where none may be missing. It reads the catalog of the database: of a table, a view or a landed table; the column `_run_no`, which landed tables have of Tickmark, is left out.',
  example: `schema:
  arguments:
    columns: { journal_id: text, amount: numeric, effective_date: date }
    extra: allow`,
  plan: (context) => {
    const { definition, relation, label } = context;
    // An ephemeral model is a query in brackets.
    if (relation.startsWith('(')) {
      const place = { file: definition.file, line: definition.line };
      throw new EngineError(
        'CHECK_INVALID',
        `check ${definition.id}: ${label} is ephemeral, so the database has no columns of it; check a model that reads it`,
        { place },
      );
    }
    return {
      population: { query: `select count(*) from (${present(relation)}) as present` },
      violations: violationsOf(context),
      emptyMeans: `${label} is not there`,
    } satisfies CheckPlan;
  },
  faults: [
    {
      name: 'a column is gone',
      statements: ({ relation, arguments: given }) => [
        `alter table ${relation} drop column ${identifier(expected(given)[0]?.name ?? '')} cascade`,
      ],
    },
    {
      name: 'a column is of another type',
      statements: ({ relation, arguments: given }) =>
        expected(given)
          .filter(({ type }) => type !== undefined)
          .slice(0, 1)
          .map(({ name }) => `alter table ${relation} alter column ${identifier(name)} type bytea using null`),
    },
    {
      name: 'a column is added',
      statements: ({ relation, arguments: { extra } }) =>
        extra === 'allow' ? [] : [`alter table ${relation} add column planted_fault text`],
    },
    {
      name: 'a value is missing',
      statements: ({ relation, arguments: given }) =>
        expected(given)
          .filter(({ nullable }) => nullable === false)
          .slice(0, 1)
          .map(({ name }) => `update ${relation} set ${identifier(name)} = null`),
    },
  ],
});

function expected(given: Readonly<Record<string, unknown>>): readonly ExpectedColumn[] {
  return given['columns'] as readonly ExpectedColumn[];
}

function present(relation: string): string {
  return `select row_number() over (order by a.attnum) as position, a.attname::text as name,
  format_type(a.atttypid, a.atttypmod) as type, format_type(a.atttypid, null) as any_length
from pg_attribute as a
where a.attrelid = to_regclass(${literal(relation)}) and a.attnum > 0 and not a.attisdropped and a.attname <> '_run_no'`;
}

function violationsOf({ relation, label, arguments: given }: KindContext<Arguments>): string {
  const rows = given.columns.map(({ name, type }, index) => {
    const wanted = type === undefined ? undefined : postgresType(type);
    return `(${index + 1}, ${literal(name)}, ${literal(wanted?.type ?? null)}, ${literal(wanted?.hasLength ?? false)})`;
  });
  const filled = given.columns
    .filter(({ nullable }) => nullable === false)
    .map(({ name }) => lacksValues(name, relation));
  const lacking =
    filled.length === 0 ? 'select null::text as name, false as lacks where false' : filled.join(' union all ');
  const found = 'case when e.has_length then p.type else p.any_length end';
  return `with present as (${present(relation)}),
expected (position, name, type, has_length) as (values ${rows.join(', ')}),
lacking as (${lacking}),
ranked as (
  select e.name, row_number() over (order by e.position) <> row_number() over (order by p.position) as is_moved
  from expected as e join present as p on p.name = e.name
)
select coalesce(e.name, p.name) as subject_id, case
    when p.name is null then ${literal(`is not a column of ${label}`)}
    when e.name is null then ${literal(`is a column of ${label} that nobody agreed`)}
    else concat_ws('; ',
      case when e.type <> ${found} then 'is ' || p.type || ', agreed ' || e.type end,
      ${given.order ? `case when r.is_moved then 'stands in another place' end` : 'null'},
      case when l.lacks then 'has rows without a value' end) end as reason
from expected as e
full join present as p on p.name = e.name
left join ranked as r on r.name = e.name
left join lacking as l on l.name = e.name
where exists (select 1 from present)
  and (p.name is null ${given.extra === 'forbid' ? 'or e.name is null ' : ''}or e.type <> ${found} ${given.order ? 'or r.is_moved ' : ''}or l.lacks)`;
}

/** Where the relation has no such column, the name goes on to the row that stands outside: there it has a value. */
function lacksValues(name: string, relation: string): string {
  return `select ${literal(name)} as name, looked.lacks from (select 1 as ${identifier(name)}) as absent cross join lateral (select exists (select 1 from ${relation} as t where ${identifier(name)} is null) as lacks) as looked`;
}
