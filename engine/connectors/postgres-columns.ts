import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { identifier, relation } from '../sql-text.ts';
import { landedType } from './landed-type.ts';
import type { PostgresRow, PostgresSession } from './postgres-session.ts';

export interface PostgresColumn {
  readonly name: string;
  /** What it lands as. */
  readonly type: string;
  /** SQL of its value in that type. */
  readonly value: string;
}

/** What is read for a table: a relation of the source, or a query of the project's. */
export interface PostgresSubject {
  /** For messages: `public.invoices`. */
  readonly called: string;
  /** SQL for a from clause. */
  readonly from: string;
  readonly columns: readonly PostgresColumn[];
  /**
   * Whether COPY can read it by name, which costs the server a tenth less than a query: a table by itself, without children and
   * generated columns, which COPY leaves out.
   */
  readonly isPlain: boolean;
  /** Whether row level security hides rows from this role. */
  readonly hidesRows: boolean;
}

/** Finds the table and its columns in the source's catalogue, or those of its query by preparing it. */
export function findSubject(
  table: DeclaredSource,
  session: PostgresSession,
  connection: string,
): Promise<PostgresSubject> {
  return table.query === undefined
    ? findRelation(table, session, connection)
    : describeQuery(table, table.query, session);
}

/** Tables, partitioned and foreign ones, views and materialized views. */
async function findRelation(
  table: DeclaredSource,
  session: PostgresSession,
  connection: string,
): Promise<PostgresSubject> {
  const schema = table.schema ?? 'public';
  const name = table.identifier ?? table.name;
  const rows = await session.query(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, n.nspname::text as type_schema,
            t.typtype::text as kind, row_security_active(c.oid)::text as hides_rows,
            (c.relkind = 'r' and not c.relhassubclass and a.attgenerated = '')::text as is_plain
     from pg_class c
     join pg_namespace s on s.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_type t on t.oid = a.atttypid
     left join pg_namespace n on n.oid = t.typnamespace
     where s.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')
     order by a.attnum`,
    [schema, name],
  );
  const called = `${schema}.${name}`;
  const [first] = rows;
  if (!first) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `connection ${connection} has no table ${called}`, {
      place: placeOf(table),
    });
  }
  return {
    called,
    from: relation(schema, name),
    columns: rows.filter((row) => row['name'] !== null).map(readColumn),
    isPlain: rows.every((row) => row['is_plain'] === 'true'),
    hidesRows: first['hides_rows'] === 'true',
  };
}

/**
 * A text that is one SELECT within parentheses here is one wherever it stands within them: the server's parser takes nothing
 * that closes them early, and the extended protocol no second statement.
 */
async function describeQuery(table: DeclaredSource, query: string, session: PostgresSession): Promise<PostgresSubject> {
  // Many end a statement with a semicolon; any other is refused.
  const from = `(\n${query.replace(/;\s*$/, '')}\n) as q`;
  const fields = await session.describe(`select * from ${from} limit 0`).catch((error: unknown) => {
    throw refusedQuery(error, table);
  });
  const types = await session.query(
    `select format_type(f.type, f.modifier) as type, n.nspname::text as type_schema, t.typtype::text as kind
     from unnest($1::oid[], $2::int[]) with ordinality as f (type, modifier, at)
     join pg_type t on t.oid = f.type
     join pg_namespace n on n.oid = t.typnamespace
     order by f.at`,
    [
      `{${fields.map(({ dataTypeID }) => dataTypeID).join(',')}}`,
      `{${fields.map(({ dataTypeModifier }) => dataTypeModifier).join(',')}}`,
    ],
  );
  return {
    called: `the query of ${table.name}`,
    from,
    columns: types.map((row, at) => readColumn({ ...row, name: fields[at]?.name ?? '' })),
    isPlain: false,
    hidesRows: false,
  };
}

/** What the server says of a project's query is said where the query stands, and is not tried again. */
export function refusedQuery(error: unknown, table: DeclaredSource): unknown {
  const database = error instanceof EngineError ? error.database : undefined;
  if (table.query === undefined || !database || !/^(0A|25006|42|08P01)/.test(database.sqlState ?? '')) return error;
  return new EngineError('EXTRACT_QUERY_REFUSED', `the query of ${table.name}: ${database.reason}`, {
    place: placeOf(table),
    database,
  });
}

export function placeOf(table: DeclaredSource): { readonly file: string; readonly line: number } {
  return { file: table.declaredIn, line: table.line };
}

function readColumn(row: PostgresRow): PostgresColumn {
  const name = row['name'] ?? '';
  const { type, cast } = landedType(row['type'] ?? '', row['type_schema'] ?? '');
  const column = identifier(name);
  return { name, type, value: cast ? castToText(column, row['kind'] === 'd') : column };
}

/** A cast takes the blanks off a domain over character(n), and a plain null test takes a row of nulls for null. */
function castToText(column: string, isDomain: boolean): string {
  return isDomain ? `case when num_nulls(${column}) = 0 then format('%s', ${column}) end` : `${column}::text`;
}
