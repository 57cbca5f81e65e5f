import { z } from 'zod';
import { EngineError } from '../../errors.ts';
import { identifier, literal } from '../../sql-text.ts';
import { columns, relationName } from '../arguments.ts';
import { checkKind } from '../check-kind.ts';
import type { CheckPlan, KindContext, KnownColumn } from '../check-kind.ts';
import { columnPairs, someColumnPairs } from '../column-pairs.ts';
import type { ColumnPair } from '../column-pairs.ts';
import { keyText } from '../key-text.ts';
import { doubleRows, isNumber, oneRow, stepOf } from '../planting.ts';
import { reconcileElsewhere } from '../reconcile-elsewhere.ts';
import { differsBeyond, tolerance } from '../tolerance.ts';
import { LANDING_COLUMNS } from '../../landing-columns.ts';

const Elsewhere = z.strictObject({
  connection: z.string().min(1).describe('A connection of tickmark.yml.'),
  table: z.string().min(1).describe('A table of it, with its schema: `public.gl_detail`.'),
});

const Arguments = z
  .strictObject({
    to: z
      .union([relationName, Elsewhere])
      .describe('The other relation; or a table of another database: `{connection: erp, table: public.gl_detail}`.'),
    keys: someColumnPairs.describe('Columns that name a row on both sides; `{ours: theirs}` where the names differ.'),
    compare: z
      .union([z.literal('all'), columnPairs])
      .default([])
      .describe(
        'Columns that must agree, also `{ours: theirs}`; `all`: every column that both sides have, but the keys. None: only the keys are compared.',
      ),
    except: columns.default([]).describe('With `compare: all`: columns that are not compared.'),
    tolerance: z
      .union([tolerance, z.record(z.string(), tolerance)])
      .default('0')
      .describe(
        "The largest difference that still agrees, in the columns' own unit: a decimal in quotes, or '0.5 %' of the other side's; or by column: `{amount: '0.05'}`. With `compare: all` it is for numbers only.",
      ),
    to_where: z.string().optional().describe('SQL that says which rows of the other side count.'),
    ignore_case: z
      .boolean()
      .default(false)
      .describe('Whether capitals and small letters are the same in texts, keys too.'),
    trim: z.boolean().default(false).describe('Whether blanks around texts, keys too, do not count.'),
    find: z
      .enum(['missing', 'differing', 'both'])
      .default('both')
      .describe(
        '`missing`: keys on one side only, or twice on one; `differing`: keys on both sides with other values; `both`.',
      ),
  })
  .refine(({ find, compare }) => find !== 'differing' || compare.length > 0, {
    path: ['compare'],
    error: 'find: differing needs columns to compare, or it could only pass',
  });
export type ReconcileArguments = z.output<typeof Arguments>;

/**
 * Two relations agree key by key. `missing` looks at every key of either side, and also refuses a key that stands twice on one;
 * `differing` looks at the keys that both have. A null key matches nothing, so it is missing.
 */
export const reconcile = checkKind({
  arguments: Arguments,
  refuse: ({ to, compare, except, tolerance: allowed, ignore_case, trim }) => {
    if (typeof to !== 'string') {
      const words = [ignore_case && 'ignore_case', trim && 'trim'].filter((word) => word !== false);
      if (words.length > 0)
        return `${words.join(' and ')}: texts of another database are compared as they are; take it out`;
      const shares = (typeof allowed === 'string' ? [allowed] : Object.values(allowed)).some((one) =>
        one.endsWith('%'),
      );
      if (shares) return 'a tolerance with another database is a decimal, not a percentage';
    }
    if (except.length > 0 && compare !== 'all') return 'except is for compare: all';
    if (typeof allowed === 'string' || compare === 'all') return undefined;
    const unknown = Object.keys(allowed).find((name) => !compare.some(({ ours }) => ours === name));
    return unknown === undefined ? undefined : `tolerance names '${unknown}', which is not compared`;
  },
  dimension: 'completeness',
  of: 'relation',
  violationOf: 'key',
  finds:
    'keys that only one side has, keys that stand twice on a side, and keys whose compared columns differ: one violation a key, with each differing column and both its values. A null key matches nothing, so it is missing; two nulls in a compared column agree. `where` speaks of this side only, `to_where` of the other.',
  example: `reconcile:
  arguments:
    to: ref('stg_posting_log')
    keys: [journal_id, side]
    compare: { total: log_total }
    tolerance: '0.05'`,
  relations: ['to'],
  thresholds: ['tolerance'],
  needsColumns: ({ on, arguments: given }) =>
    typeof given['to'] === 'string' && needsTypes(given as ReconcileArguments) ? [on, given['to']] : [],
  plan: (context) => {
    const { to } = context.arguments;
    return typeof to === 'string' ? reconcileHere(context, to) : reconcileElsewhere(context, to);
  },
  faults: [
    {
      name: 'a row is lost',
      statements: ({ relation, arguments: { find } }) =>
        find === 'differing' ? [] : [`delete from ${relation} where ${oneRow(relation)}`],
    },
    {
      name: 'a row stands twice',
      statements: ({ relation, arguments: { find } }) =>
        find === 'differing' ? [] : [doubleRows(relation, oneRow(relation))],
    },
    {
      name: 'the other side has lost a row',
      statements: ({ resolve, arguments: { find, to } }) =>
        find === 'differing' || typeof to !== 'string'
          ? []
          : [`delete from ${resolve(to)} where ${oneRow(resolve(to))}`],
    },
    {
      name: 'one compared value is not there',
      statements: ({ relation, arguments: given }) => {
        const [first] =
          given['find'] === 'missing' || given['compare'] === 'all' ? [] : (given['compare'] as readonly ColumnPair[]);
        return first === undefined ? [] : [blank(relation, first)];
      },
    },
    {
      name: 'one compared number is more than the tolerance away',
      statements: ({ relation, columns: all, arguments: given }) => {
        const [first] =
          given['find'] === 'missing' || given['compare'] === 'all' ? [] : (given['compare'] as readonly ColumnPair[]);
        const column = all.find(({ name }) => name === first?.ours);
        if (column === undefined || !isNumber(column) || typeof given['tolerance'] !== 'string') return [];
        const name = identifier(column.name);
        const more = `${given['tolerance'].replace(/\s*%$/, '')} * (1 + abs(${name})) + ${stepOf(column.type)}`;
        return [
          `update ${relation} set ${name} = ${name} + ${more} where ctid = (select min(ctid) from ${relation} where ${name} is not null)`,
        ];
      },
    },
  ],
});

function blank(relation: string, { ours }: ColumnPair): string {
  const column = identifier(ours);
  return `update ${relation} set ${column} = null where ctid = (select min(ctid) from ${relation} where ${column} is not null)`;
}

function needsTypes({ compare, ignore_case: ignoreCase, trim }: ReconcileArguments): boolean {
  return compare === 'all' || ignoreCase || trim;
}

interface Compared extends ColumnPair {
  readonly tolerance: string;
}

function reconcileHere(context: KindContext<ReconcileArguments>, to: string): CheckPlan {
  const { relation, label, where, resolve, render, shown, arguments: given } = context;
  const { keys, find } = given;
  const compare = comparedColumns(context, to);
  const among = given.to_where === undefined ? 'true' : `(${render(given.to_where)})`;
  const side = (from: string, rows: string, on: string, which: 'ours' | 'theirs'): string => {
    const read = readAs(context, on);
    const listed = [
      ...keys.map((pair, index) => `${read(pair[which])} as key_${index}`),
      ...keys.map((pair, index) => `t.${identifier(pair[which])} as name_${index}`),
      ...compare.map((pair, index) => `${read(pair[which])} as value_${index}`),
      ...compare.map((pair, index) => `t.${identifier(pair[which])} as shown_${index}`),
    ];
    return `select true as is_there, ${listed.join(', ')} from ${from} as t where ${rows}`;
  };
  const sides = `with this_side as not materialized (${side(relation, where, context.definition.on, 'ours')}),
other_side as not materialized (${side(resolve(to), among, to, 'theirs')})`;
  const on = keys.map((_, index) => `a.key_${index} = b.key_${index}`).join(' and ');
  const grouped = keys.map((_, index) => `key_${index}`).join(', ');
  const keyOf = (...rows: readonly string[]): string =>
    keyText(keys.map(({ ours }, index) => shown(named(rows, `name_${index}`), ours)));
  const named = (rows: readonly string[], column: string): string =>
    rows.length === 1 ? `${rows[0]}.${column}` : `coalesce(${rows.map((row) => `${row}.${column}::text`).join(', ')})`;
  const differing = compare.map((pair, index) => differsBeyond(`a.value_${index}`, `b.value_${index}`, pair.tolerance));
  const isLone = 'a.is_there is null or b.is_there is null';
  const isDifferent = differing.map((condition) => `(${condition})`).join(' or ') || 'false';
  const said = compare.map(
    ({ ours }, index) =>
      `case when ${differing[index]} then ${literal(`${ours} is `)} || coalesce(${shown(`a.shown_${index}`, ours)}, 'null') || ${literal(` in ${label} and `)} || coalesce(${shown(`b.shown_${index}`, ours)}, 'null') || ${literal(` in ${to}`)} end`,
  );
  const differences = `concat_ws('; ', ${said.join(', ')})`;
  const amount = `coalesce(null::numeric, ${compare.map((_, index) => differenceOf(index, differing[index] ?? 'false')).join(', ') || 'null::numeric'})`;
  // One join finds what is alone and what differs; a key that stands twice is found apart, because its rows may all have a partner.
  const joined = {
    missing: `this_side as a full join other_side as b on ${on} where ${isLone}`,
    differing: `this_side as a join other_side as b on ${on} where ${isDifferent}`,
    both: `this_side as a full join other_side as b on ${on} where ${isLone}${compare.length === 0 ? '' : ` or (a.is_there and b.is_there and (${isDifferent}))`}`,
  }[find];
  const lone = `when b.is_there is null then ${literal(`is in ${label} but not in ${to}`)} when a.is_there is null then ${literal(`is in ${to} but not in ${label}`)}`;
  const apart = `select ${keyOf('a', 'b')} as subject_id,
  ${find === 'differing' ? differences : `case ${lone}${find === 'both' && compare.length > 0 ? ` else ${differences}` : ''} end`} as reason,
  ${find === 'missing' || compare.length === 0 ? 'null::numeric' : amount} as amount
from ${joined}`;
  const doubled = (from: string, name: string): string =>
    `select ${keyText(keys.map(({ ours }, index) => shown(`min(a.name_${index}::text)`, ours)))} as subject_id, 'stands ' || count(*) || ${literal(` times in ${name}`)} as reason, null::numeric as amount
from ${from} as a group by ${grouped} having count(*) > 1`;
  const counted = (from: string): string =>
    `(select count(*) from (select 1 from ${from} group by ${grouped} having count(*) > 1) as doubled)`;
  // One join says that all is well: when nothing is alone or differs and there are as many pairs as rows on either side, each row has one
  // partner, and no key stands twice. Only otherwise the keys are grouped.
  const isWrong = { missing: isLone, differing: isDifferent, both: `${isLone} or ${isDifferent}` }[find];
  const found =
    find === 'differing'
      ? `select count(*) from ${joined}`
      : `select case when wrong = 0 and pairs = (select count(*) from this_side) and pairs = (select count(*) from other_side) then 0
  else wrong + ${counted('this_side')} + ${counted('other_side')} end
from (select count(*) as pairs, count(*) filter (where ${isWrong}) as wrong from this_side as a full join other_side as b on ${on}) as seen`;
  const parts = [apart, ...(find === 'differing' ? [] : [doubled('this_side', label), doubled('other_side', to)])];
  return {
    population: {
      query: `${sides}\nselect count(*) from this_side as a ${find === 'differing' ? '' : 'full '}join other_side as b on ${on}`,
    },
    found: { query: `${sides}\n${found}` },
    violations: `${sides}\n${parts.join('\nunion all\n')}`,
    alsoReads: [to],
  };
}

/** Ours less theirs, of a number that differs. The types are looked at where it is asked: a date has no amount. */
function differenceOf(index: number, differs: string): string {
  const [left, right] = [`a.shown_${index}`, `b.shown_${index}`];
  return `case when ${differs} and pg_typeof(${left})::text in ('numeric', 'integer', 'bigint', 'smallint') then ${left}::text::numeric - ${right}::text::numeric end`;
}

function comparedColumns(context: KindContext<ReconcileArguments>, to: string): readonly Compared[] {
  const { definition, columnsOf, arguments: given } = context;
  const { compare, keys, except, tolerance: allowed } = given;
  const toleranceOf = (name: string): string => (typeof allowed === 'string' ? allowed : (allowed[name] ?? '0'));
  if (compare !== 'all') return compare.map((pair) => ({ ...pair, tolerance: toleranceOf(pair.ours) }));
  const theirs = new Set(columnsOf(to).map(({ name }) => name));
  const left = new Set([...keys.flatMap((pair) => [pair.ours, pair.theirs]), ...except, ...LANDING_COLUMNS]);
  const chosen = columnsOf(definition.on).filter(({ name }) => theirs.has(name) && !left.has(name));
  if (chosen.length === 0) {
    const message = `check ${definition.id}: ${definition.on} and ${to} have no column in common to compare`;
    throw new EngineError('CHECK_INVALID', message, { place: { file: definition.file, line: definition.line } });
  }
  return chosen.map((column) => ({
    ours: column.name,
    theirs: column.name,
    tolerance: typeof allowed !== 'string' || isNumber(column) ? toleranceOf(column.name) : '0',
  }));
}

/** A column of a side as it is compared: a text without what does not count, json in the one form that has an equality, all else as it is. */
function readAs(
  { columnsOf, arguments: given }: KindContext<ReconcileArguments>,
  on: string,
): (name: string) => string {
  const known: readonly KnownColumn[] = needsTypes(given) ? columnsOf(on) : [];
  return (name) => {
    const column = `t.${identifier(name)}`;
    const type = known.find((each) => each.name === name)?.type ?? '';
    if (type === 'json') return `${column}::jsonb`;
    if (!/^(text|character|"char"|name|citext)/.test(type)) return column;
    const trimmed = given.trim ? `btrim(${column}::text, E' \\t\\n\\r')` : `${column}`;
    return given.ignore_case ? `lower(${trimmed}::text)` : trimmed;
  };
}
