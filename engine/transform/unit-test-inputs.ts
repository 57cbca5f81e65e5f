import type { CompiledProject } from '../compile/compile-project.ts';
import type { UnitTest, UnitTestRows } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { parseReference } from '../project/parse-reference.ts';
import { identifier, relation } from '../sql-text.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import { shiftPosition } from '../warehouse/shift-position.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { attempt, columnDdl } from './unit-test-columns.ts';
import type { InputColumns } from './unit-test-columns.ts';
import { lacksColumns, typedRows, withoutLength } from './unit-test-rows.ts';
import type { TypedCell } from './unit-test-rows.ts';

/** The savepoint that a unit test begins with and goes back to. */
export const TEST_BEGAN = 'unit_test';

/** Makes temporary tables; they are gone when the transaction, or the savepoint before them, is. */
export interface ScratchTables {
  readonly create: (name: string, columns: readonly RelationColumn[]) => Promise<string>;
  readonly createAs: (name: string, sql: string) => Promise<string>;
}

export function scratchTables(session: Session): ScratchTables {
  let count = 0;
  let schema: string | undefined;
  const make = async (name: string, before: string, rest: string): Promise<string> => {
    count += 1;
    // Numbered, so that a model and a source's table of one name, and names cut off to what Postgres takes, stay apart.
    const own = `given_${count}_${name.replaceAll('.', '__')}`.slice(0, 60);
    const opening = `create temporary table ${identifier(own)} ${before}`;
    await session.execute(opening + rest).catch((error: unknown) => {
      throw shiftPosition(error, opening.length);
    });
    schema ??= await temporarySchema(session);
    return relation(schema, own);
  };
  return {
    create: (name, columns) => make(name, '', columnDdl(columns)),
    createAs: (name, sql) => make(name, 'as\n', withoutEnd(sql)),
  };
}

/** By its own name templates find the columns of the tables in the catalog. */
async function temporarySchema(session: Session): Promise<string> {
  const [row] = await session.query(
    'select nspname::text as name from pg_catalog.pg_namespace where oid = pg_my_temp_schema()',
  );
  return row?.['name'] ?? 'pg_temp';
}

/** The tables that stand for what the tested model reads, by the name of the model or `source.table`, and `this`. */
export async function makeInputs(
  test: UnitTest,
  deps: {
    readonly compiled: CompiledProject;
    readonly session: Session;
    readonly scratch: ScratchTables;
    readonly columns: InputColumns;
    readonly refuse: (reason: string) => never;
  },
): Promise<ReadonlyMap<string, string>> {
  const replaced = new Map<string, string>();
  for (const given of test.given) {
    const name =
      inputName(given.input) ??
      deps.refuse(`input ${given.input} is no ref('model'), source('source', 'table') or this`);
    if (replaced.has(name)) deps.refuse(`${given.input} is given twice`);
    const refuse = (reason: string): never => deps.refuse(`given ${given.input}: ${reason}`);
    replaced.set(name, await makeInput(name === 'this' ? test.model : name, given, { ...deps, refuse }));
  }
  return replaced;
}

function inputName(input: string): string | undefined {
  if (/^\s*(?:\{\{-?)?\s*this\s*(?:-?\}\})?\s*$/.test(input)) return 'this';
  return parseReference(input)?.name;
}

async function makeInput(
  name: string,
  given: UnitTestRows,
  deps: Omit<Parameters<typeof makeInputs>[1], 'compiled'>,
): Promise<string> {
  const { scratch, session, refuse } = deps;
  if (given.format === 'sql') {
    return scratch.createAs(name, given.sql).catch((error: unknown) => refuse(reasonOf(error)));
  }
  const columns = await columnsFor(name, given, deps).catch((error: unknown) =>
    refuse(`its columns are not known: ${reasonOf(error)}`),
  );
  if (columns === undefined) {
    return refuse(
      'its columns are not known: it does not stand in the warehouse; build or land it, or give rows with format: sql',
    );
  }
  const table = await scratch.create(name, columns.map(withoutLength));
  await insertRows(table, typedRows(given, columns, refuse), session, refuse);
  return table;
}

/** As they stand; where that lacks a column that the rows name, the definition may be newer than what stands. */
async function columnsFor(
  name: string,
  given: Exclude<UnitTestRows, { format: 'sql' }>,
  { columns, session, refuse }: Pick<Parameters<typeof makeInputs>[1], 'columns' | 'session' | 'refuse'>,
): Promise<readonly RelationColumn[] | undefined> {
  const standing = await columns.of(name);
  if (standing === undefined || !lacksColumns(given, standing, refuse)) return standing;
  const defined = await attempt(() => columns.defined(name), session);
  return defined === undefined || lacksColumns(given, defined, refuse) ? standing : defined;
}

/** Puts typed rows into a table; a value that is not of its column's type is named by its row and column. */
export async function insertRows(
  table: string,
  { columns, rows }: ReturnType<typeof typedRows>,
  session: Session,
  refuse: (reason: string) => never,
): Promise<void> {
  if (rows.length === 0) return;
  const into = `${table}${columns.length === 0 ? '' : ` (${columns.map(({ name }) => identifier(name)).join(', ')})`}`;
  // A row without a column is all nulls.
  if (columns.length === 0) {
    for (const _ of rows) await session.execute(`insert into ${into} default values`);
    return;
  }
  const values = rows.map((row) => `(${row.map(({ sql }) => sql).join(', ')})`);
  try {
    await session.execute(`insert into ${into} values\n${values.join(',\n')}`);
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
    // The test ends here; what was made so far is of no more use.
    await session.execute(`rollback to savepoint ${TEST_BEGAN}`);
    const cell = await findUnfit(rows.flat(), session);
    if (cell === undefined) refuse(reasonOf(error));
    refuse(`row ${cell.row}, column ${cell.column.name}: the value is no ${cell.column.type}`);
  }
}

async function findUnfit(cells: readonly TypedCell[], session: Session): Promise<TypedCell | undefined> {
  for (const cell of cells) {
    await session.execute('savepoint one_value');
    try {
      await session.query(`select ${cell.sql}`);
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
      return cell;
    } finally {
      await session.execute('rollback to savepoint one_value');
    }
  }
  return undefined;
}

export function reasonOf(error: unknown): string {
  if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
  return error.database?.reason ?? error.message;
}

function withoutEnd(sql: string): string {
  return sql.trim().replace(/\s*;$/, '');
}
