import { z } from 'zod';
import { literal } from '../../sql-text.ts';
import { decimal, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { KindContext } from '../check-kind.ts';
import { valuesWhere } from '../count.ts';
import { setOne, strangeValue, typeOf } from '../planting.ts';

const share = decimal.refine((text) => /^\d+(\.\d+)?$/.test(text), { error: 'a plain decimal that is not negative' });

const Arguments = z.strictObject({
  method: z
    .enum(['psi', 'ks'])
    .default('psi')
    .describe(
      '`psi`, the population stability index over bins or categories; `ks`, the greatest distance of the two distribution functions, of numbers or times.',
    ),
  as: z
    .enum(['numbers', 'categories'])
    .default('numbers')
    .describe(
      'Whether the values have an order and are put into bins, or each is a category of its own. `expected` has categories.',
    ),
  to: relationName
    .optional()
    .describe('The relation to compare with; without it and `expected` the last published run.'),
  to_field: z.string().optional().describe('The column, or expression, there; the same as here when left out.'),
  to_where: z.string().optional().describe('SQL that says which rows there count.'),
  expected: z
    .record(z.string(), share)
    .optional()
    .describe(
      'Or the shares to compare with, by value: `{D: 0.5, C: 0.5}`; counts will do, they are divided by their sum.',
    ),
  bins: z
    .int()
    .min(2)
    .max(1000)
    .default(10)
    .describe('How many bins numbers are put into: quantiles of what is compared with.'),
  edges: z
    .array(decimal)
    .min(1)
    .optional()
    .describe('Or the edges between the bins, in their order; a value on an edge belongs to the bin above it.'),
  epsilon: share
    .default('0.0001')
    .describe('The share that an empty bin or category counts as: the logarithm of 0 is none.'),
  max: share
    .optional()
    .describe(
      'The most that the index may be; 0.25 for psi (below 0.1 is stable, up to 0.25 a moderate shift). ks needs one.',
    ),
});
type Arguments = z.output<typeof Arguments>;

/** The values of a column are distributed as they were before, as in another relation, or as expected. Nulls are left out. */
export const distributionShift = checkKind({
  arguments: Arguments,
  relations: ['to'],
  settings: { no_data: 'tell' },
  refuse: (given) => {
    if (given.to !== undefined && given.expected !== undefined)
      return 'distribution_shift compares with to or with expected, not both';
    if (given.to === undefined && (given.to_field ?? given.to_where) !== undefined)
      return 'to_field and to_where speak of another relation: give to';
    if (given.method === 'ks' && given.max === undefined)
      return 'method: ks needs max, the greatest distance that is fine';
    if (given.method === 'ks' && (given.as === 'categories' || given.expected !== undefined))
      return 'method: ks needs values with an order; take psi for categories';
    if (given.expected !== undefined && !Object.values(given.expected).some((each) => /[1-9]/.test(each)))
      return 'expected needs a share above 0';
    if (/^0+(\.0+)?$/.test(given.epsilon)) return 'epsilon must be above 0';
    return undefined;
  },
  dimension: 'accuracy',
  of: 'column',
  violationOf: 'whole',
  finds:
    'a column whose values are distributed otherwise than those it is compared with: the index is above `max`. Nulls are left out. Where one side has no values, or there was no earlier published run, there is nothing to compare.',
  example: `distribution_shift:
  arguments: { method: psi, bins: 10, max: 0.25 }`,
  thresholds: ['max'],
  plan: (context) => {
    const { label, where, column, columnName, shown, arguments: given } = context;
    const { to, expected, method } = given;
    const reference = referenceOf(context);
    if (reference === undefined)
      return {
        population: { query: 'select 0::bigint' },
        violations: 'select null::text as subject_id, null::text as reason where false',
        emptyMeans: 'no earlier published run to compare with',
      };
    const most = given.max ?? '0.25';
    const steps = `${reference},\n${method === 'ks' ? DISTANCES : contributions(context)}`;
    const than = to ?? (expected === undefined ? 'the last published run' : 'what is expected');
    return {
      population:
        expected !== undefined
          ? valuesWhere(where, column)
          : {
              query: `with ${reference}\nselect case when exists (select 1 from there) then (select count(*) from here) else 0 end`,
            },
      violations: `with ${steps}
select ${literal(label)} as subject_id, ${literal(`${method} of ${columnName} against ${than} is `)} || round(index.value, 6) || ${literal(`, above ${most}; most of it at `)} || coalesce(${shown('index.at', columnName)}, 'one value') as reason
from index
where index.value > ${most} and exists (select 1 from here) and exists (select 1 from there)`,
      measure: { query: `with ${steps}\nselect coalesce(round(index.value, 6), 0) from index` },
      ...(to === undefined ? {} : { alsoReads: [to] }),
      ...(to === undefined && expected === undefined ? { unpinned: true } : {}),
      emptyMeans: 'one side has no values to compare',
    };
  },
  faults: [
    {
      name: 'every value becomes one and the same',
      statements: ({ relation, column, columns }) => [
        `update ${relation} set ${column} = ${strangeValue(typeOf({ column, columns }))}`,
      ],
    },
    {
      name: 'one value is where none has been, and stands for most',
      statements: ({ relation, column, columns }) => [
        setOne(relation, column, strangeValue(typeOf({ column, columns }))),
        `insert into ${relation} select t.* from ${relation} as t, generate_series(1, 100 + (select count(*)::int from ${relation})) where t.ctid = (select max(ctid) from ${relation} where ${column} = ${strangeValue(typeOf({ column, columns }))})`,
      ],
    },
  ],
});

/** `here` and `there`, each a column `value` (of categories as text); `there` has a weight instead when its shares were given. Undefined when there is nothing before. */
function referenceOf({
  definition,
  relation,
  where,
  column,
  resolve,
  previous,
  expression,
  render,
  arguments: given,
}: KindContext<Arguments>): string | undefined {
  const as = given.as === 'categories' || given.expected !== undefined ? '::text' : '';
  const here = `here as (select (${column})${as} as value from ${relation} as t where ${where} and ${column} is not null)`;
  if (given.expected !== undefined) {
    const rows = Object.entries(given.expected).map(
      ([value, weight]) => `(${literal(value)}::text, ${weight}::numeric)`,
    );
    return `${here},\nthere as (select * from (values ${rows.join(', ')}) as expected (value, weight))`;
  }
  const from = given.to === undefined ? previous(definition.on) : resolve(given.to);
  if (from === undefined) return undefined;
  const field = given.to_field === undefined ? column : `(${expression(given.to_field)})`;
  const among = given.to === undefined ? where : given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  return `${here},\nthere as (select (${field})${as} as value from ${from} as t where ${among} and ${field} is not null)`;
}

/** `index`: the population stability index, and the category or bin that adds most to it. */
function contributions({ arguments: given }: KindContext<Arguments>): string {
  const isBinned = given.as === 'numbers' && given.expected === undefined;
  const bin = isBinned ? 'width_bucket(value, edges.list)' : 'value';
  const from = (side: string): string => (isBinned ? `${side} cross join edges` : side);
  const weight = given.expected === undefined ? 'count(*)::numeric' : 'sum(weight)';
  const label = isBinned
    ? `case when bin = 0 then 'below ' || edges.list[1] when bin = cardinality(edges.list) then edges.list[bin] || ' and above' else edges.list[bin] || ' to below ' || edges.list[bin + 1] end`
    : 'bin';
  return `${isBinned ? `${edgesOf(given)},\n` : ''}here_bins as (select ${bin} as bin, count(*)::numeric / sum(count(*)) over () as share from ${from('here')} group by 1),
there_bins as (select ${bin} as bin, ${weight} / sum(${weight}) over () as share from ${from('there')} group by 1),
shares as (
  select bin, coalesce(nullif(a.share, 0), ${given.epsilon}) as a, coalesce(nullif(e.share, 0), ${given.epsilon}) as e
  from here_bins as a full join there_bins as e using (bin)
),
parts as (select ${label} as at, (a - e) * ln(a / e) as part from ${from('shares')}),
index as (select sum(part) as value, (array_agg(at order by part desc, at))[1] as at from parts)`;
}

/** The first value of each bin but the lowest, by whole numbers: bins of as many values as can be. */
function edgesOf({ bins, edges }: Arguments): string {
  if (edges !== undefined) return `edges as (select array[${edges.join(', ')}]::numeric[] as list)`;
  return `ranked as (select value, row_number() over (order by value) as place, count(*) over () as total from there),
edges as (
  select array_agg(value order by value) as list
  from (select distinct value from ranked join generate_series(1, ${bins - 1}) as cut on place = cut * total / ${bins} + 1) as cuts
)`;
}

/** `index`: the Kolmogorov-Smirnov distance, and the value where it is. */
const DISTANCES = `stacked as (
  select value, count(*) filter (where is_here) as a, count(*) filter (where not is_here) as e
  from (select value, true as is_here from here union all select value, false from there) as both_sides
  group by value
),
steps as (
  select value, sum(a) over up_to as a, sum(e) over up_to as e, sum(a) over () as all_a, sum(e) over () as all_e
  from stacked window up_to as (order by value)
),
apart as (select value, abs(a * all_e - e * all_a) / nullif(all_a * all_e, 0) as distance from steps),
index as (select max(distance) as value, (array_agg(value::text order by distance desc, value))[1] as at from apart)`;
