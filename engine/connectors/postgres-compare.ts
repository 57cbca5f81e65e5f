import { EngineError } from '../errors.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { identifier, relation } from '../sql-text.ts';
import { readTuples } from '../tuples/read-tuples.ts';
import type { ComparedColumn, ComparedKind, ComparedRow, ComparedTable, Comparison } from './comparison.ts';
import type { PostgresRow, PostgresSession } from './postgres-session.ts';
import type { PostgresSnapshot } from './postgres-snapshot.ts';

/** Opens a table, a view or a query of one snapshot to be compared. */
export async function comparePostgres(table: ComparedTable, snapshot: PostgresSnapshot): Promise<Comparison> {
  const { called, signal, where } = table;
  const use = async <T>(work: (session: PostgresSession) => Promise<T>): Promise<T> => {
    const { session, giveBack } = await snapshot.take(signal);
    let state: 'sound' | 'failed' = 'failed';
    try {
      const result = await work(session);
      state = 'sound';
      return result;
    } finally {
      giveBack(state);
    }
  };
  const ask: Comparison['ask'] = (sql, how = {}) =>
    use(async (session) =>
      (await session.query(how.hashing ? `${forHashing(table.threads)}; ${sql}` : sql)).map((row) =>
        Object.values(row),
      ),
    );
  const known = await use((session) => describe(table, session));
  const condition = where === null ? null : `(\n${where}\n)`;
  if (condition !== null) await use((session) => tryCondition(known.from, condition, called, session));
  const [plan] = await ask(`explain (format json) select 1 from ${known.from} as t`);
  return {
    dialect: 'postgres',
    version: Math.floor(snapshot.serverVersion / 10_000),
    where: condition,
    rows: estimatedRows(plan?.[0] ?? ''),
    ...known,
    ask,
    stream: async function* (sql) {
      const { session, giveBack } = await snapshot.take(signal);
      let state: 'sound' | 'failed' = 'failed';
      try {
        for await (const rows of readTuples(session.copy(`copy (${sql}) to stdout (format binary)`)))
          yield rows.map((row): ComparedRow => row.map((field) => field?.toString('utf8') ?? null));
        state = 'sound';
      } finally {
        giveBack(state);
      }
    },
  };
}

/**
 * A group by of an expression is planned for as many groups as the column has values, and then sorts every row; there are a few
 * thousand. Compiling the expressions costs more than it saves.
 */
function forHashing(threads: number | null): string {
  const workers = threads === null ? '' : `; set local max_parallel_workers_per_gather = ${threads - 1}`;
  return `set local enable_sort = off; set local jit = off${workers}`;
}

type Known = Pick<Comparison, 'from' | 'columns' | 'uniqueKeys' | 'primaryKey' | 'leading' | 'isUtf8'>;

async function describe({ from, called, connection }: ComparedTable, session: PostgresSession): Promise<Known> {
  const name = 'sql' in from ? null : { schema: from.schema ?? 'public', table: from.table };
  const details = name === null ? [] : await attributes(name, called, connection, session);
  const sql = 'sql' in from ? from.sql : relation(from.schema ?? 'public', from.table);
  const fields = await session.describe(`select * from ${sql} as t limit 0`);
  const types = await session.query(
    `select format_type(f.type, f.modifier) as type, n.nspname::text as type_schema, current_setting('server_encoding') as encoding
     from unnest($1::oid[], $2::int[]) with ordinality as f (type, modifier, at)
     join pg_type t on t.oid = f.type
     join pg_namespace n on n.oid = t.typnamespace
     order by f.at`,
    [
      `{${fields.map(({ dataTypeID }) => dataTypeID).join(',')}}`,
      `{${fields.map(({ dataTypeModifier }) => dataTypeModifier).join(',')}}`,
    ],
  );
  const byName = new Map(details.map((row) => [row['name'] ?? '', row]));
  const columns = fields.map(({ name: column }, at): ComparedColumn => {
    const { type = '', type_schema: schema = '' } = types[at] ?? {};
    const [bare, scale] = typeParts(type ?? '');
    const detail = byName.get(column);
    const quoted = `t.${identifier(column)}`;
    return {
      name: column,
      type: type ?? '',
      kind: schema === 'pg_catalog' ? (KINDS[bare] ?? 'other') : 'other',
      quoted,
      read: `${quoted}::text`,
      notNull: detail?.['not_null'] === 'true',
      scale: bare === 'numeric' ? scale : null,
      hasLooseCollation: detail?.['is_loose'] === 'true',
    };
  });
  const indexes = name === null ? [] : await findIndexes(name, session);
  const unique = indexes.filter((row) => row['is_unique'] === 'true');
  return {
    from: sql,
    columns,
    uniqueKeys: unique.map(columnsOf),
    primaryKey: unique.filter((row) => row['is_primary'] === 'true').flatMap(columnsOf),
    leading: new Set(indexes.flatMap((row) => columnsOf(row).slice(0, 1))),
    isUtf8: types[0]?.['encoding'] === 'UTF8',
  };
}

const KINDS: Readonly<Record<string, ComparedKind>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'decimal',
  real: 'float',
  'double precision': 'float',
  boolean: 'boolean',
  text: 'text',
  'character varying': 'text',
  character: 'character',
  bpchar: 'character',
  date: 'date',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'moment',
  'time without time zone': 'time',
  bytea: 'bytes',
  uuid: 'uuid',
  json: 'json',
  jsonb: 'json',
};

/** `numeric(15,2)` is numeric with a scale of 2, `timestamp(3) without time zone` the same type as without. */
function typeParts(type: string): readonly [bare: string, scale: number | null] {
  const [, scale] = /\(\d+,(-?\d+)\)/.exec(type) ?? [];
  return [type.replace(/\(\d+(,-?\d+)?\)/, '').replaceAll(/\s+/g, ' '), scale === undefined ? null : Number(scale)];
}

async function attributes(
  { schema, table }: { schema: string; table: string },
  called: string,
  connection: string,
  session: PostgresSession,
): Promise<readonly PostgresRow[]> {
  const rows = await session.query(
    `select a.attname::text as name, a.attnotnull::text as not_null, (not coalesce(l.collisdeterministic, true))::text as is_loose
     from pg_class c
     join pg_namespace s on s.oid = c.relnamespace
     left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
     left join pg_collation l on l.oid = a.attcollation
     where s.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'v', 'm', 'f')`,
    [schema, table],
  );
  if (rows.length > 0) return rows;
  const near = await session.query(
    `select s.nspname || '.' || c.relname as name from pg_class c join pg_namespace s on s.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'f') and s.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')`,
  );
  const names = near.map((row) => row['name'] ?? '');
  throw new EngineError(
    'DIFF_UNKNOWN',
    `${called}: connection ${connection} has no table ${schema}.${table}${didYouMean(`${schema}.${table}`, names)}`,
  );
}

/** Of valid indexes over columns alone, without a condition. */
function findIndexes(
  { schema, table }: { schema: string; table: string },
  session: PostgresSession,
): Promise<readonly PostgresRow[]> {
  return session.query(
    `select i.indisunique::text as is_unique, i.indisprimary::text as is_primary,
            (select json_agg(a.attname order by k.at) from unnest(i.indkey::int2[]) with ordinality as k (attnum, at)
             join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.attnum where k.at <= i.indnkeyatts)::text as columns
     from pg_index i
     join pg_class c on c.oid = i.indrelid
     join pg_namespace s on s.oid = c.relnamespace
     where s.nspname = $1 and c.relname = $2 and i.indisvalid and i.indpred is null and i.indexprs is null`,
    [schema, table],
  );
}

function columnsOf(row: PostgresRow): readonly string[] {
  return JSON.parse(row['columns'] ?? '[]') as string[];
}

/** What an author wrote is one condition, and nothing that ends the statement early. */
async function tryCondition(from: string, condition: string, called: string, session: PostgresSession): Promise<void> {
  await session.describe(`select 1 from ${from} as t where ${condition} limit 0`).catch((error: unknown) => {
    if (!(error instanceof EngineError) || error.code !== 'EXTRACT_FAILED') throw error;
    throw new EngineError('DIFF_INVALID', `the condition on ${called} is refused: ${error.database?.reason ?? ''}`);
  });
}

function estimatedRows(plan: string): number {
  const [parsed] = JSON.parse(plan === '' ? '[]' : plan) as { Plan?: { 'Plan Rows'?: number } }[];
  return parsed?.Plan?.['Plan Rows'] ?? 0;
}
