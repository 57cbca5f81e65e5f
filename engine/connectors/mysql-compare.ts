import { escape } from 'mysql2';
import { didYouMean } from '../config/did-you-mean.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { ComparedColumn, ComparedKind, ComparedRow, ComparedTable, Comparison } from './comparison.ts';
import type { WireRow } from './mysql-dial.ts';
import { refuseQueryText } from './mysql-query-text.ts';
import { findMysqlRelation } from './mysql-relation.ts';
import type { MysqlColumn } from './mysql-relation.ts';
import type { MysqlSession } from './mysql-session.ts';

const BATCH_BYTES = 128 * 1024;

/** Opens a table or view in the snapshot of one session to be compared. */
export async function compareMysql(
  table: ComparedTable,
  source: { readonly session: MysqlSession; readonly database: string | null },
): Promise<Comparison> {
  const { called, connection, from: asked } = table;
  const { session, database } = source;
  if ('sql' in asked) throw new TypeError('a query of MySQL is not compared');
  const schema = asked.schema ?? database;
  const found = await findMysqlRelation({ table: declared(asked), session, database, connection }).catch(
    async (error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== 'EXTRACT_SOURCE_MISSING' || schema === null) throw error;
      const names = (await texts(session, 'select table_schema, table_name from information_schema.tables')).map(
        (row) => row.join('.'),
      );
      const name = `${schema}.${asked.table}`;
      const near = didYouMean(name, names);
      throw new EngineError('DIFF_UNKNOWN', `${called}: connection ${connection} has no table ${name}${near}`);
    },
  );
  const [actualSchema = '', actualName = ''] = found.called.split(/\.(.*)/s);
  const isHere = `table_schema = ${escape(actualSchema)} and table_name = ${escape(actualName)}`;
  const details = new Map(
    (
      await texts(
        session,
        `select column_name, is_nullable, datetime_precision, numeric_scale from information_schema.columns where ${isHere}`,
      )
    ).map(([name = '', ...rest]) => [name, rest]),
  );
  const indexes = new Map<string, { isUnique: boolean; columns: string[] }>();
  for (const [name, notUnique, column] of await texts(
    session,
    `select index_name, non_unique, column_name, seq_in_index from information_schema.statistics
     where ${isHere} and sub_part is null order by index_name, seq_in_index`,
  )) {
    const index = indexes.get(name ?? '') ?? { isUnique: notUnique === '0', columns: [] };
    index.columns.push(column ?? '');
    indexes.set(name ?? '', index);
  }
  const [count] = await texts(session, `select table_rows from information_schema.tables where ${isHere}`);
  if (table.where !== null) await tryCondition(found.from, table.where, called, session);
  return {
    dialect: 'mysql',
    version: 0,
    isUtf8: true,
    from: found.from,
    where: table.where === null ? null : `(\n${table.where}\n)`,
    columns: found.columns.map((column) => comparedColumn(column, details.get(column.name) ?? [])),
    // What a loose collation keeps unique is unique by its bytes all the more.
    uniqueKeys: [...indexes.values()].filter(({ isUnique }) => isUnique).map(({ columns }) => columns),
    primaryKey: indexes.get('PRIMARY')?.columns ?? [],
    leading: new Set([...indexes.values()].flatMap(({ columns }) => columns.slice(0, 1))),
    rows: Number(count?.[0] ?? 0),
    ask: (sql) => texts(session, sql),
    stream: (sql, columns) => streamRows(sql, columns, found.columns, { session, called }),
  };
}

/** A table as sources.yml would declare it. */
function declared({ schema, table }: { readonly schema: string | null; readonly table: string }): DeclaredSource {
  return {
    name: table,
    identifier: table,
    ...(schema === null ? {} : { schema }),
    columns: [],
    declaredIn: 'tickmark diff',
  } as unknown as DeclaredSource;
}

function comparedColumn(
  { name, type, quoted, wire }: MysqlColumn,
  [nullable, precision, scale]: readonly (string | null)[],
): ComparedColumn {
  const bare = type.replace(/\(.*\)/, '');
  const kind = KINDS[bare] ?? 'other';
  return {
    name,
    type,
    kind,
    quoted: `t.${quoted}`,
    read: wire.select(`t.${quoted}`),
    notNull: nullable === 'NO',
    scale:
      kind === 'decimal'
        ? Number(scale ?? 0)
        : precision === null || precision === undefined
          ? null
          : Number(precision),
    hasLooseCollation: kind === 'text',
  };
}

/** By what a column lands as. */
const KINDS: Readonly<Record<string, ComparedKind>> = {
  smallint: 'integer',
  integer: 'integer',
  bigint: 'integer',
  numeric: 'decimal',
  real: 'float',
  'double precision': 'float',
  text: 'text',
  date: 'date',
  'timestamp without time zone': 'timestamp',
  'timestamp with time zone': 'moment',
  interval: 'time',
  bytea: 'bytes',
  uuid: 'uuid',
  json: 'json',
};

async function tryCondition(from: string, where: string, called: string, session: MysqlSession): Promise<void> {
  const refused = (reason: string): EngineError =>
    new EngineError('DIFF_INVALID', `the condition on ${called} is refused: ${reason}`);
  const statement = `select 1 from ${from} as t where (\n${where}\n)`;
  const reason = refuseQueryText(statement);
  if (reason !== null) throw refused(reason);
  await session.describe(statement).catch((error: unknown) => {
    if (!(error instanceof EngineError) || error.code !== 'EXTRACT_FAILED') throw error;
    throw refused(error.database?.reason ?? 'the server does not take it');
  });
}

async function texts(session: MysqlSession, sql: string): Promise<ComparedRow[]> {
  return (await session.ask(sql)).map((row) => row.map((field) => field?.toString('utf8') ?? null));
}

/** Rows in batches, paused while one is looked at. */
async function* streamRows(
  sql: string,
  columns: readonly ComparedColumn[],
  known: readonly MysqlColumn[],
  { session, called }: { readonly session: MysqlSession; readonly called: string },
): AsyncGenerator<readonly ComparedRow[]> {
  const wires = columns.map(({ name }) => known.find((column) => column.name === name)?.wire);
  const print = (row: WireRow): ComparedRow =>
    row.map((field, at) => {
      if (field === null || at === 0) return field?.toString('latin1') ?? null;
      const text = wires[at - 1]?.text(field);
      if (text !== undefined) return text;
      const reason = `${called}: column ${columns[at - 1]?.name} holds a value that text cannot hold`;
      throw new EngineError('EXTRACT_TYPE_REFUSED', reason);
    });
  let pending: ComparedRow[] = [];
  let bytes = 0;
  let wake = Promise.withResolvers<void>();
  let isOver = false;
  const flow = session.flow(sql, (row) => {
    pending.push(print(row));
    bytes += row.reduce((sum, field) => sum + (field?.length ?? 0), 0);
    if (bytes < BATCH_BYTES) return;
    flow.pause();
    wake.resolve();
  });
  const done = flow.done.finally(() => {
    isOver = true;
    wake.resolve();
  });
  done.catch(() => undefined);
  try {
    while (!isOver || pending.length > 0) {
      await wake.promise;
      const rows = pending;
      [pending, bytes] = [[], 0];
      if (!isOver) wake = Promise.withResolvers<void>();
      flow.resume();
      yield rows;
    }
    await done;
  } finally {
    if (!isOver) session.fail(new EngineError('EXTRACT_CANCELLED', `${called}: reading was given up`));
  }
}
