import { shiftPosition } from './shift-position.ts';
import type { Session } from './warehouse.ts';

/** One column that a query gives. */
export interface QueryColumn {
  readonly name: string;
  /** As Postgres prints it, with its precision: `numeric(18,2)`, `character varying(20)`, `timestamp with time zone`; of a domain, what it is made of. */
  readonly type: string;
  readonly typeOid: number;
  /** Its precision or length as Postgres keeps it; -1 when it has none. */
  readonly modifier: number;
}

/**
 * The names and exact types of a select's columns, without running it: the server plans it and says what its rows would be.
 * Leaves nothing and changes nothing, also inside of a transaction. A place in the SQL of an error counts in `sql`.
 */
export async function describeQuery(session: Session, sql: string): Promise<readonly QueryColumn[]> {
  // As a subquery it is one select, whatever it says; the line ends keep a trailing comment from swallowing the bracket.
  const before = 'select * from (\n';
  const columns = await session.describe(`${before}${sql}\n) as query limit 0`).catch((error: unknown) => {
    throw shiftPosition(error, before.length);
  });
  const types = await typeNames(session, columns);
  return columns.map((column) => ({ ...column, type: types.get(typeKey(column)) ?? '' }));
}

type TypeRef = Pick<QueryColumn, 'typeOid' | 'modifier'>;

/** Types that come with Postgres; their numbers never change, so they are asked for once. */
const builtIn = new Map<string, string>();
const FIRST_NORMAL_OID = 16_384;

async function typeNames(session: Session, columns: readonly TypeRef[]): Promise<ReadonlyMap<string, string>> {
  const unknown = new Map(
    columns.filter((column) => !builtIn.has(typeKey(column))).map((each) => [typeKey(each), each]),
  );
  if (unknown.size === 0) return builtIn;
  const types = new Map(builtIn);
  const rows = await session.query<{ key: string; name: string }>(
    `select value as key, format_type(split_part(value, ':', 1)::oid, split_part(value, ':', 2)::integer) as name
     from jsonb_array_elements_text($1::jsonb)`,
    [JSON.stringify([...unknown.keys()])],
  );
  for (const { key, name } of rows) {
    types.set(key, name);
    if ((unknown.get(key)?.typeOid ?? FIRST_NORMAL_OID) < FIRST_NORMAL_OID) builtIn.set(key, name);
  }
  return types;
}

function typeKey({ typeOid, modifier }: TypeRef): string {
  return `${typeOid}:${modifier}`;
}
