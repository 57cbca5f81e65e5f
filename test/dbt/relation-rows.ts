import type pg from 'pg';
import { identifier } from '../../engine/sql-text.ts';

/** A relation that stands: where, and its columns in order with their types. */
interface Found {
  readonly client: pg.Client;
  readonly relation: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
}

/** A relation by its quoted name in one database. The client gives every value as text. */
export interface Side {
  readonly client: pg.Client;
  readonly relation: string | undefined;
}

/**
 * How a relation of dbt and one of Tickmark differ, in a few lines; none when they are the same multiset of rows under the same
 * columns in the same order. Of `volatile` columns, which say when a tool ran, only whether there is a value is compared.
 */
export async function differences(
  name: string,
  sides: { readonly dbt: Side; readonly tickmark: Side },
  volatile: readonly string[] = [],
): Promise<readonly string[]> {
  const [theirs, ours] = [await find(sides.dbt), await find(sides.tickmark)];
  if (theirs === undefined || ours === undefined) {
    return theirs === ours ? [] : [`${name}: only ${theirs === undefined ? 'Tickmark' : 'dbt'} has it`];
  }
  const said: string[] = [];
  const exact = exactHere(theirs, ours);
  const [theirColumns, ourColumns] = [describe(theirs, exact), describe(ours, [])];
  if (theirColumns !== ourColumns) said.push(`${name}: columns of dbt (${theirColumns}), of Tickmark (${ourColumns})`);
  const [theirRows, ourRows] = [await rowsOf(theirs, exact, volatile), await rowsOf(ours, exact, volatile)];
  const [onlyTheirs, onlyOurs] = [without(theirRows, ourRows), without(ourRows, theirRows)];
  if (onlyTheirs.length + onlyOurs.length > 0) {
    said.push(
      `${name}: ${onlyTheirs.length} rows only of dbt, ${onlyOurs.length} only of Tickmark; of dbt ${onlyTheirs[0] ?? '-'}, of Tickmark ${onlyOurs[0] ?? '-'}`,
    );
  }
  return said;
}

/** The decimals of a seed are numeric in Tickmark, which is exact, and double precision in dbt: the one difference that is meant. */
function exactHere(theirs: Found, ours: Found): readonly string[] {
  const ourTypes = new Map(ours.columns.map(({ name, type }) => [name, type]));
  return theirs.columns
    .filter(({ name, type }) => type === 'double precision' && ourTypes.get(name) === 'numeric')
    .map(({ name }) => name);
}

function describe({ columns }: Found, exact: readonly string[]): string {
  return columns.map(({ name, type }) => `${name} ${exact.includes(name) ? 'numeric' : type}`).join(', ');
}

async function find({ client, relation }: Side): Promise<Found | undefined> {
  if (relation === undefined) return undefined;
  const { rows: columns } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
    [relation],
  );
  return columns.length === 0 ? undefined : { client, relation, columns };
}

async function rowsOf(
  { client, relation, columns }: Found,
  exact: readonly string[],
  volatile: readonly string[],
): Promise<readonly string[]> {
  const picked = columns.map(({ name }) => {
    const column = identifier(name);
    if (volatile.includes(name)) return `(${column} is not null)::text`;
    return exact.includes(name) ? `trim_scale(${column}::numeric)::text` : `${column}::text`;
  });
  const { rows } = await client.query<string[]>({
    text: `select ${picked.join(', ')} from ${relation}`,
    rowMode: 'array',
  });
  return rows.map((row) => JSON.stringify(row)).sort();
}

/** What is in one multiset and not in the other. */
function without(rows: readonly string[], others: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
  return rows.filter((row) => {
    const left = counts.get(row) ?? 0;
    counts.set(row, left - 1);
    return left <= 0;
  });
}
