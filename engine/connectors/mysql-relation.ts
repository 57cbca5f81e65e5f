import { escape, escapeId } from 'mysql2';
import type { LandedColumn } from '../contracts/pull.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { namesInSql, refuseQueryText } from './mysql-query-text.ts';
import type { NameInSql } from './mysql-query-text.ts';
import type { MysqlSession, WireColumn } from './mysql-session.ts';
import { mysqlType } from './mysql-type.ts';
import type { MysqlType } from './mysql-type.ts';

export interface MysqlColumn extends LandedColumn {
  readonly wire: MysqlType;
  /** The column's name as SQL. */
  readonly quoted: string;
  /** The character set that its text is stored in; null when that is not known, or it is no text. */
  readonly charset: string | null;
}

/** What a source table is on the server: a table, a view, or a SELECT. */
export interface MysqlRelation {
  /** For messages. */
  readonly called: string;
  /** As it stands after FROM. */
  readonly from: string;
  readonly columns: readonly MysqlColumn[];
}

interface Asked {
  readonly table: DeclaredSource;
  readonly session: MysqlSession;
  /** The connection's own schema. */
  readonly database: string | null;
  /** The connection's name. */
  readonly connection: string;
}

/** Finds what sources.yml names, with its columns as they would land. */
export async function findMysqlRelation(asked: Asked): Promise<MysqlRelation> {
  return asked.table.query === undefined ? findTable(asked) : findQuery(asked, asked.table.query);
}

export function placeOf(table: DeclaredSource): Place {
  return { file: table.declaredIn, line: table.line };
}

/** A name as MySQL's SQL: quoted, a dot in it being one of the name's own. */
export function mysqlName(name: string): string {
  return (escapeId as (name: string, isWhole: boolean) => string)(name, true);
}

async function findTable(asked: Asked): Promise<MysqlRelation> {
  const { table, session, database, connection } = asked;
  const schema = table.schema ?? database;
  const name = table.identifier ?? table.name;
  if (schema === null) {
    throw new EngineError(
      'EXTRACT_SOURCE_MISSING',
      `${name} names no schema, and the url of ${connection} no database`,
      {
        place: placeOf(table),
      },
    );
  }
  const found = await session.ask(
    `select table_schema, table_name, table_type, engine from information_schema.tables
     where table_schema = ${escape(schema)} and table_name = ${escape(name)}`,
  );
  const matches = found.map((row) => row.map((field) => field?.toString() ?? ''));
  // Names that differ in case alone are one name on some servers and two on others.
  const match =
    matches.find((row) => row[0] === schema && row[1] === name) ?? (matches.length === 1 ? matches[0] : undefined);
  if (!match) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `connection ${connection} has no table ${schema}.${name}`, {
      place: placeOf(table),
    });
  }
  const [actualSchema = '', actualName = '', kind = '', engine = ''] = match;
  const called = `${actualSchema}.${actualName}`;
  if (kind === 'VIEW') await refuseWithoutSnapshot(asked, called, await namesOfView(session, actualSchema, actualName));
  else refuseEngine(table, called, called, engine);

  const listed = await session.ask(
    `select column_name, character_set_name from information_schema.columns
     where table_schema = ${escape(actualSchema)} and table_name = ${escape(actualName)} order by ordinal_position`,
  );
  const charsets = new Map(listed.map(([column, charset]) => [column?.toString() ?? '', charset?.toString() ?? null]));
  const from = `${mysqlName(actualSchema)}.${mysqlName(actualName)}`;
  const described = await session.describe(`select ${[...charsets.keys()].map(mysqlName).join(', ')} from ${from}`);
  return { called, from, columns: columnsOf(table, called, described, charsets) };
}

/** A text that is a statement of its own cannot close the bracket that is put around it. */
async function findQuery(asked: Asked, given: string): Promise<MysqlRelation> {
  const { table, session } = asked;
  const called = `the query of ${table.name}`;
  const query = given.trim().replace(/;$/, '');
  const reason = refuseQueryText(query);
  if (reason !== null) throw refusedQuery(table, reason);
  const from = `(\n${query}\n) as q`;
  const described = await session
    .describe(query)
    .then(() => session.describe(`select * from ${from}`))
    .catch((error: unknown) => {
      if (!(error instanceof EngineError) || error.code !== 'EXTRACT_FAILED') throw error;
      throw refusedQuery(table, error.database?.reason ?? 'the server refused it');
    });
  await refuseWithoutSnapshot(asked, called, namesInSql(query));
  return { called, from, columns: columnsOf(table, called, described, new Map()) };
}

function refusedQuery(table: DeclaredSource, reason: string): EngineError {
  return new EngineError('EXTRACT_QUERY_REFUSED', `the query of ${table.name} is refused: ${reason}`, {
    place: placeOf(table),
  });
}

function columnsOf(
  table: DeclaredSource,
  called: string,
  described: readonly WireColumn[],
  charsets: ReadonlyMap<string, string | null>,
): readonly MysqlColumn[] {
  const dropped = new Set(table.columns.flatMap(({ name, pii }) => (pii === 'drop' ? [name] : [])));
  return described.map((column) => {
    const { name } = column;
    const wire = mysqlType(column) ?? (dropped.has(name) ? mysqlType({ ...column, columnType: 6 }) : undefined);
    if (!wire) {
      throw new EngineError(
        'EXTRACT_TYPE_REFUSED',
        `${called}: column ${name} has a type that is not known (number ${column.columnType} of the protocol)`,
        { place: placeOf(table) },
      );
    }
    return { name, type: wire.type, wire, quoted: mysqlName(name), charset: charsets.get(name) ?? null };
  });
}

/** What can be read as of one moment. The `sequence` engine makes its rows up, always the same. */
const SNAPSHOT_ENGINES = new Set(['innodb', 'rocksdb', 'tokudb', 'sequence']);

function refuseEngine(table: DeclaredSource, called: string, relation: string, engine: string): void {
  if (SNAPSHOT_ENGINES.has(engine.toLowerCase())) return;
  const through = called === relation ? called : `${called} reads ${relation}, which`;
  throw new EngineError(
    'EXTRACT_FAILED',
    `${through} is of engine ${engine === '' ? 'unknown' : engine}, which has no snapshots: its rows could change between the count and the read. Copy it into an InnoDB table, or change its engine`,
    { place: placeOf(table) },
  );
}

/** Looks behind views and into queries. A view whose text this user may not see is not looked behind. */
async function refuseWithoutSnapshot(asked: Asked, called: string, names: readonly NameInSql[]): Promise<void> {
  const { table, session, database } = asked;
  const waiting = [...names];
  const seen = new Set<string>();
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { name } = next;
    const schema = next.schema ?? database;
    const id = `${schema}.${name}`;
    if (schema === null || seen.has(id)) continue;
    seen.add(id);
    const found = await session.ask(
      `select table_type, engine from information_schema.tables
       where table_schema = ${escape(schema)} and table_name = ${escape(name)}`,
    );
    for (const [kind, engine] of found) {
      if (kind?.toString() === 'VIEW') waiting.push(...(await namesOfView(session, schema, name)));
      else if (kind?.toString() !== 'SYSTEM VIEW') refuseEngine(table, called, id, engine?.toString() ?? '');
    }
  }
}

async function namesOfView(session: MysqlSession, schema: string, name: string): Promise<readonly NameInSql[]> {
  const [row] = await session.ask(
    `select view_definition from information_schema.views
     where table_schema = ${escape(schema)} and table_name = ${escape(name)}`,
  );
  return namesInSql(row?.[0]?.toString() ?? '');
}
