import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import type { Connection } from '../contracts/config.ts';
import type { ControlTotal, LandedColumn } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { translateDatabaseError } from '../database-error.ts';
import { EngineError } from '../errors.ts';
import { identifier, relation } from '../sql-text.ts';
import { SESSION_OPTIONS } from '../session-options.ts';
import type { Connector, ConnectorContext, TableRead } from './connector.ts';
import { landedType } from './landed-type.ts';

type PostgresConnection = Extract<Connection, { type: 'postgres' }>;

/** Limits of a reader that must never hurt its source: no statement over an hour, no transaction that idles over five minutes. */
const READ_ONLY_OPTIONS = `${SESSION_OPTIONS} -c default_transaction_read_only=on -c statement_timeout=3600s -c idle_in_transaction_session_timeout=300s`;

/** Reads Postgres: rows, count and control totals in one REPEATABLE READ READ ONLY snapshot, rows by COPY. */
export const postgres = {
  open: async (connection, context) => {
    const client = new pg.Client({
      connectionString: connection.url,
      application_name: 'tickmark extract',
      options: READ_ONLY_OPTIONS,
      connectionTimeoutMillis: 15_000,
      keepAlive: true,
      types: { getTypeParser: () => (text: string) => text },
    });
    client.on('error', () => undefined);
    const query = (sql: string, values: readonly string[] = []): Promise<Record<string, string | null>[]> =>
      client.query(sql, [...values]).then(
        (result) => result.rows as Record<string, string | null>[],
        (error: unknown) => Promise.reject(translate(error, context)),
      );
    await client.connect().catch((error: unknown) => Promise.reject(translate(error, context)));
    await query('begin isolation level repeatable read read only');
    const [moment] = await query(
      `select pg_current_snapshot()::text as snapshot, current_database()::text as database, current_user::text as role,
              current_setting('server_version') as version`,
    );
    const system = {
      type: 'postgres',
      database: moment?.['database'] ?? '',
      role: moment?.['role'] ?? '',
      version: moment?.['version'] ?? '',
    };

    return {
      read: (table) => readTable(table, { query, client, context, system, snapshotId: moment?.['snapshot'] ?? '' }),
      close: async () => {
        await client.query('rollback').catch(() => undefined);
        await client.end().catch(() => undefined);
      },
    };
  },
} satisfies Connector<PostgresConnection>;

interface Opened {
  readonly query: (sql: string, values?: readonly string[]) => Promise<Record<string, string | null>[]>;
  readonly client: pg.Client;
  readonly context: ConnectorContext;
  readonly system: Readonly<Record<string, string>>;
  readonly snapshotId: string;
}

async function readTable(table: DeclaredSource, source: Opened): Promise<TableRead> {
  const schema = table.schema ?? 'public';
  const name = table.identifier ?? table.name;
  const from = relation(schema, name);
  const columns = await columnsOf(table, schema, name, source);

  // Added as numeric, as the tie-out adds what landed: a sum of floats depends on the order of the rows.
  const totals = table.control_totals.map((column, at) => {
    const text = columns.find(({ name: each }) => each === column)?.cast ? '::text' : '';
    return `sum(${identifier(column)}${text}::numeric)::text as total_${at}`;
  });
  const [counted] = await source
    .query(`select ${['count(*)::text as row_count', ...totals].join(', ')} from ${from}`)
    .catch((error: unknown) => {
      const sqlState = error instanceof EngineError ? error.database?.sqlState : undefined;
      if (totals.length === 0 || (sqlState !== '22P02' && sqlState !== '42846')) throw error;
      throw new EngineError(
        'EXTRACT_NOT_A_NUMBER',
        `${schema}.${name}: not every value of ${table.control_totals.join(', ')} is a number`,
        { place: { file: table.declaredIn, line: table.line } },
      );
    });
  const sourceTotals: ControlTotal[] = table.control_totals.map((column, at) => ({
    column,
    sum: counted?.[`total_${at}`] ?? null,
  }));

  const selected = columns.map(({ name: column, cast, isDomain }) =>
    cast ? castToText(identifier(column), isDomain) : identifier(column),
  );
  const query = `select ${selected.join(', ')} from ${from}`;
  return {
    system: source.system,
    snapshotId: source.snapshotId,
    query,
    columns: columns.map(({ name: column, type }) => ({ name: column, type })),
    sourceRows: BigInt(counted?.['row_count'] ?? '0'),
    sourceTotals,
    rows: copyOut(`copy (${query}) to stdout`, source),
  };
}

async function columnsOf(
  table: DeclaredSource,
  schema: string,
  name: string,
  source: Opened,
): Promise<(LandedColumn & { readonly cast: boolean; readonly isDomain: boolean })[]> {
  const rows = await source.query(
    `select a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type, n.nspname::text as type_schema,
            t.typtype = 'd' as is_domain
     from pg_attribute a
     join pg_class c on c.oid = a.attrelid
     join pg_namespace s on s.oid = c.relnamespace
     join pg_type t on t.oid = a.atttypid
     join pg_namespace n on n.oid = t.typnamespace
     where s.nspname = $1 and c.relname = $2 and a.attnum > 0 and not a.attisdropped
     order by a.attnum`,
    [schema, name],
  );
  if (rows.length === 0) {
    throw new EngineError(
      'EXTRACT_SOURCE_MISSING',
      `connection ${source.context.name} has no table ${schema}.${name}`,
      {
        place: { file: table.declaredIn, line: table.line },
      },
    );
  }
  const known = new Set(rows.map((row) => row['name']));
  const missing = [...table.key, ...table.control_totals].filter((column) => !known.has(column));
  if (missing.length > 0) {
    throw new EngineError('EXTRACT_COLUMN_MISSING', `${schema}.${name} has no column ${missing.join(', ')}`, {
      place: { file: table.declaredIn, line: table.line },
    });
  }
  return rows.map((row) => ({
    name: row['name'] as string,
    isDomain: row['is_domain'] === 't',
    ...landedType(row['type'] as string, row['type_schema'] as string),
  }));
}

/** A cast takes the blanks off a domain over character(n), and a plain null test takes a row of nulls for null. */
function castToText(column: string, isDomain: boolean): string {
  return isDomain ? `case when num_nulls(${column}) = 0 then format('%s', ${column}) end` : `${column}::text`;
}

async function* copyOut(sql: string, source: Opened): AsyncIterable<Buffer> {
  try {
    for await (const chunk of source.client.query(copyTo(sql))) yield chunk as Buffer;
  } catch (error) {
    throw translate(error, source.context);
  }
}

function translate(error: unknown, context: ConnectorContext): EngineError {
  return translateDatabaseError(error, `connection ${context.name}`, {
    failed: 'EXTRACT_FAILED',
    lost: 'SOURCE_UNREACHABLE',
  });
}
