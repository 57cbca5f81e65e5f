import { identifier, literal } from '../../sql-text.ts';
import type { Session } from '../../warehouse/warehouse.ts';
import { attempt } from '../attempt.ts';
import type { ColumnProfile, TableProfile } from '../profile-table.ts';
import { written } from './by-row.ts';
import { counterpart, pairOf } from './candidate.ts';
import type { Candidate, Related, Scenery } from './candidate.ts';

/** What another table says: it has the same rows, the same values, or what they add up to. */
export async function byRelation(scenery: Scenery, session: Session): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const related of scenery.related) {
    const recomputed = await recomputedFrom(scenery, related, session);
    candidates.push(
      ...found(scenery, related),
      ...reconciled(scenery, related),
      ...recomputed,
      ...counted(scenery, related),
    );
  }
  return candidates;
}

/** A value stands in a column of the same name. */
function found({ profile, column }: Scenery, { profile: other }: Related): readonly Candidate[] {
  if (column === undefined || (!column.isKey && column.shape !== 'text')) return [];
  const theirs = counterpart(column.label, other);
  if (theirs === undefined || theirs.distinct !== theirs.rows) return [];
  return [
    {
      kind: 'relationships',
      on: profile.table.name,
      column: column.label,
      arguments: { to: other.table.name, field: theirs.label },
    },
  ];
}

/** Both have one row for a key, with the same value. */
function reconciled(
  { profile, column, key }: Scenery,
  { profile: other, key: theirKey }: Related,
): readonly Candidate[] {
  const pairs = pairsOf(key, other);
  if (pairs === undefined || theirKey.length !== key.length) return [];
  if (!theirKey.every((name) => key.some((own) => counterpart(own, other)?.label === name))) return [];
  const on = profile.table.name;
  const base = { to: other.table.name, keys: pairs };
  if (column === undefined) return [{ kind: 'reconcile', on, arguments: { ...base, find: 'missing' } }];
  const theirs = counterpart(column.label, other);
  if (theirs === undefined) return [];
  if (key.includes(column.label)) return [{ kind: 'reconcile', on, arguments: { ...base, find: 'missing' } }];
  const all = profile.columns.flatMap(({ label }) => {
    const same = key.includes(label) ? undefined : counterpart(label, other);
    return same === undefined ? [] : [pairOf(label, same.label)];
  });
  // One check for all that both have says more than one for each, where they agree in all of it.
  return [all, [pairOf(column.label, theirs.label)]].map((compare) => ({
    kind: 'reconcile',
    on,
    arguments: { ...base, compare, find: 'differing' },
  }));
}

/** The other has the rows that a value was added up from. */
async function recomputedFrom(
  { profile, column, key }: Scenery,
  { profile: other }: Related,
  session: Session,
): Promise<readonly Candidate[]> {
  if (column === undefined || key.includes(column.label) || column.value !== column.sql) return [];
  const [on, to] = [profile.table.name, other.table.name];
  const pairs = key.map((ours) => ({ ours, theirs: counterpart(ours, other)?.label }));
  const aggregates = aggregatesFor(column, other.columns);
  if (profile.rows === 1n) {
    const held = await holding(aggregates, { profile, column, other, pairs: [] }, session);
    return held.map((value) => ofAll(value, column, { on, to }));
  }
  if (pairs.length === 0 || pairs.some(({ theirs }) => theirs === undefined)) return [];
  const named = pairs.map(({ ours, theirs = '' }) => ({ ours, theirs }));
  const held = await holding(aggregates, { profile, column, other, pairs: named }, session);
  const keys = named.map(({ ours, theirs }) => pairOf(ours, theirs));
  return held.map((value) => ({
    kind: 'recompute',
    on,
    column: column.label,
    arguments: { to, keys, to_value: value },
  }));
}

/** Those aggregates that every row bears out: asked in one grouping, where a check for each would group anew. */
async function holding(
  aggregates: readonly string[],
  around: {
    readonly profile: TableProfile;
    readonly column: ColumnProfile;
    readonly other: TableProfile;
    readonly pairs: readonly { readonly ours: string; readonly theirs: string }[];
  },
  session: Session,
): Promise<readonly string[]> {
  if (aggregates.length === 0) return [];
  const { profile, column, other, pairs } = around;
  const keys = pairs.map(({ theirs }, at) => `t.${identifier(theirs)}::text as k${at}`);
  const values = aggregates.map((sql, at) => `${sql} as v${at}`);
  const grouped = `select ${[...keys, ...values].join(', ')} from ${other.table.copy} as t${pairs.length === 0 ? '' : ` group by ${pairs.map((_, at) => at + 1).join(', ')}`}`;
  const on = pairs.map(({ ours }, at) => `t.${identifier(ours)}::text = a.k${at}`).join(' and ') || 'true';
  const held = aggregates.map((_, at) => `coalesce(bool_and(${column.sql} is not distinct from a.v${at}), false)`);
  const answers = await attempt(session, async () => {
    const [row] = await session.query(
      `select array[${held.join(', ')}]::text as held from ${profile.table.copy} as t left join (${grouped}) as a on ${on}`,
    );
    return (row?.['held'] ?? '{}').slice(1, -1).split(',');
  });
  return aggregates.filter((_, at) => answers?.[at] === 't');
}

/** Of a table of one row: what all rows of the other add up to. */
function ofAll(
  value: string,
  column: ColumnProfile,
  { on, to }: { readonly on: string; readonly to: string },
): Candidate {
  if (column.shape === 'number' || column.shape === 'integer')
    return { kind: 'sum', on, arguments: { value: `max(${written(column)})`, to, to_value: value } };
  const [source, table] = to.split('.').map((name) => literal(name));
  const relation = table === undefined ? `ref(${source})` : `source(${source}, ${table})`;
  const expression = `${written(column)} = (select ${value} from {{ ${relation} }})`;
  return { kind: 'expression', on, arguments: { expression } };
}

function aggregatesFor(column: ColumnProfile, theirs: readonly ColumnProfile[]): readonly string[] {
  const same = theirs.find(({ label, shape }) => label === column.label && shape === column.shape);
  const flags = theirs.filter(({ shape }) => shape === 'boolean').map(written);
  const amounts = theirs.filter(
    ({ shape, isKey, sql, value }) => (shape === 'number' || shape === 'integer') && !isKey && sql === value,
  );
  switch (column.shape) {
    case 'integer':
      return [
        'count(*)',
        ...flags.map((flag) => `count(*) filter (where ${flag})`),
        ...flags.map((flag) => `count(*) filter (where not ${flag})`),
        ...theirs
          .filter(({ shape }) => shape === 'text' || shape === 'integer')
          .map((each) => `count(distinct ${written(each)})`),
        ...theirs
          .filter(({ shape }) => shape === 'integer')
          .flatMap((each) => [`min(${written(each)})`, `max(${written(each)})`, `coalesce(sum(${written(each)}), 0)`]),
      ];
    case 'number':
      return amounts.flatMap((each) => [
        `sum(${written(each)})`,
        `coalesce(sum(${written(each)}), 0)`,
        ...sides(theirs).map((side) => `coalesce(sum(${written(each)}) filter (where ${side}), 0)`),
      ]);
    case 'boolean':
      return flags.map((flag) => `bool_or(${flag})`);
    case 'date':
    case 'timestamp':
      return theirs
        .filter(({ shape }) => shape === column.shape)
        .flatMap((each) => [`min(${written(each)})`, `max(${written(each)})`]);
    default:
      return same === undefined ? [] : [`min(${written(same)})`];
  }
}

/** The two halves that a column with two values splits the rows into: debits and credits. */
function sides(theirs: readonly ColumnProfile[]): readonly string[] {
  return theirs.flatMap((side) => side.two.map((value) => `${written(side)} = ${literal(value)}`));
}

/** As many rows. */
function counted({ profile, column }: Scenery, { profile: other }: Related): readonly Candidate[] {
  // Of a few rows the number is the same by accident.
  if (column !== undefined || profile.rows !== other.rows || profile.rows < 5n) return [];
  return [{ kind: 'row_count_equals', on: profile.table.name, arguments: { to: other.table.name } }];
}

function pairsOf(key: readonly string[], other: Related['profile']): readonly ReturnType<typeof pairOf>[] | undefined {
  if (key.length === 0) return undefined;
  const pairs = key.map((name) => {
    const theirs = counterpart(name, other);
    return theirs === undefined ? undefined : pairOf(name, theirs.label);
  });
  return pairs.every((pair) => pair !== undefined) ? pairs : undefined;
}
