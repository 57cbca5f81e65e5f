import type { CompiledProject } from '../compile/compile-project.ts';
import type { UnitTestOutcome } from '../contracts/build.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { Project, UnitTest } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import { describeQuery } from '../warehouse/describe-query.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { inputColumns } from './unit-test-columns.ts';
import type { KnownColumns } from './unit-test-columns.ts';
import { compareRows } from './unit-test-compare.ts';
import { formatDifference } from './unit-test-diff.ts';
import type { RowDifference } from './unit-test-diff.ts';
import { insertRows, makeInputs, reasonOf, scratchTables, TEST_BEGAN } from './unit-test-inputs.ts';
import type { ScratchTables } from './unit-test-inputs.ts';
import { typedRows } from './unit-test-rows.ts';

export interface UnitTestDeps {
  readonly compiled: CompiledProject;
  readonly warehouse: Pick<Warehouse, 'transaction'>;
  /** Seeds that are not loaded yet are looked at in its folder. */
  readonly project?: Pick<Project, 'root'> | undefined;
  /** Models whose definition is not that of what stands in the warehouse: their columns come from their SQL. */
  readonly stale?: ReadonlySet<string> | undefined;
  /** Given to all tests of a run, it spares them to find out the same again. */
  readonly known?: KnownColumns | undefined;
}

/**
 * Runs a model's SQL over the rows that a unit test gives, on the warehouse itself, and compares what comes out with what the
 * test expects: the columns that it names, as a multiset, by the types that the model gives. In a transaction of its own that
 * leaves nothing. Never throws for what is wrong with the test or the model.
 */
export async function runUnitTest(test: UnitTest, deps: UnitTestDeps): Promise<UnitTestOutcome> {
  const started = performance.now();
  const { name, model } = test;
  const outcome = (status: UnitTestOutcome['status'], message: string | null): UnitTestOutcome => ({
    name,
    model,
    status,
    message,
    durationMs: Math.round(performance.now() - started),
  });
  try {
    const difference = await deps.warehouse.transaction(async (session) => {
      await session.execute(`savepoint ${TEST_BEGAN}`);
      const found = await tryOut(test, { ...deps, session });
      await session.execute(`rollback to savepoint ${TEST_BEGAN}`);
      return found;
    });
    return difference === null ? outcome('pass', null) : outcome('fail', formatDifference(difference));
  } catch (error) {
    // A lost connection is nobody's mistake: the caller may try again.
    if (!(error instanceof EngineError) || error.retryable) throw error;
    return outcome('error', error.message);
  }
}

async function tryOut(
  test: UnitTest,
  deps: UnitTestDeps & { readonly session: Session },
): Promise<RowDifference | null> {
  const { compiled, session } = deps;
  const refuse = (reason: string): never => {
    throw new EngineError('TRANSFORM_UNIT_TEST', `unit test ${test.name} of ${test.model}: ${reason}`, {
      place: { file: test.file, line: test.line },
    });
  };
  const model = compiled.model(test.model);
  const isIncremental = incrementalOf(test, model, refuse);
  const scratch = scratchTables(session);
  const columns = inputColumns({
    compiled,
    session,
    stale: deps.stale ?? new Set(),
    known: deps.known ?? new Map(),
    root: deps.project?.root,
    standIn: (name, of) => scratch.create(name, of),
  });
  const replaced = await makeInputs(test, { compiled, session, scratch, columns, refuse });
  const { is_incremental: _, ...macros } = test.overrides.macros;
  const self = replaced.get('this');
  const rendered = await compiled.renderModel(model.name, {
    isIncremental,
    replaced,
    ...(self === undefined ? {} : { self }),
    vars: test.overrides.vars,
    env: test.overrides.envVars,
    macros,
    ask: (sql) => session.query(sql),
  });
  refuseMissing([...rendered.dependsOn.models, ...rendered.dependsOn.sources], replaced, refuse);
  const actual = await scratch
    .createAs('actual', rendered.sql)
    .catch((error: unknown) => refuse(failure(model, rendered.sql, error)));
  const given = await columnsIn(actual, session);
  const expected = await makeExpected(test, given, { session, scratch, refuse });
  return compareRows({ expected: expected.table, actual }, expected.columns, session).catch((error: unknown) =>
    refuse(`the rows cannot be compared: ${reasonOf(error)}`),
  );
}

/** As in dbt, a model that asks `is_incremental()` has to be told, and a run upon what stands needs what stands. */
function incrementalOf(test: UnitTest, model: CompiledModel, refuse: (reason: string) => never): boolean {
  const said = test.overrides.macros['is_incremental'];
  if (!model.asksIncremental) return said === true;
  if (typeof said !== 'boolean') {
    refuse('the model asks is_incremental(); say true or false under overrides: macros: is_incremental');
  }
  if (said && !test.given.some(({ input }) => /^\W*this\W*$/.test(input))) {
    refuse('with is_incremental: true the rows that stand have to be given, as input: this');
  }
  return said;
}

function refuseMissing(
  read: readonly string[],
  given: ReadonlyMap<string, string>,
  refuse: (reason: string) => never,
): void {
  const missing = read.filter((name) => !given.has(name));
  if (missing.length === 0) return;
  const words = missing.map((name) => {
    const [source = '', table] = name.split('.');
    return table === undefined ? `ref('${name}')` : `source('${source}', '${table}')`;
  });
  refuse(
    `the model reads ${words.join(', ')}, and the test gives no rows for ${missing.length === 1 ? 'it' : 'them'}; rows: [] gives none`,
  );
}

async function makeExpected(
  { expect }: UnitTest,
  given: readonly RelationColumn[],
  deps: { readonly session: Session; readonly scratch: ScratchTables; readonly refuse: (reason: string) => never },
): Promise<{ readonly table: string; readonly columns: readonly RelationColumn[] }> {
  const { session, scratch } = deps;
  const refuse = (reason: string): never => deps.refuse(`expect: ${reason}`);
  if (expect.format === 'sql') {
    const table = await scratch.createAs('expected', expect.sql).catch((error: unknown) => refuse(reasonOf(error)));
    const named = await columnsIn(table, session);
    // Only names are looked at here: the rows are there already.
    const { columns } = typedRows(
      { format: 'dict', rows: [Object.fromEntries(named.map(({ name }) => [name, null]))] },
      given,
      refuse,
    );
    const casts = columns.map(({ name, type }) => `cast(${identifier(name)} as ${type}) as ${identifier(name)}`);
    const typed = await scratch
      .createAs('expected', `select ${casts.join(', ')} from ${table}`)
      .catch((error: unknown) => refuse(reasonOf(error)));
    return { table: typed, columns };
  }
  const rows = typedRows(expect, given, refuse);
  if (rows.rows.length > 0 && rows.columns.length === 0) refuse('its rows name no column');
  // No row at all is expected: any row that comes is one too many, whatever is in it.
  const columns = rows.rows.length === 0 ? given : rows.columns;
  const table = await scratch.create('expected', columns);
  await insertRows(table, rows, session, refuse);
  return { table, columns };
}

async function columnsIn(table: string, session: Session): Promise<readonly RelationColumn[]> {
  return (await describeQuery(session, `select * from ${table}`)).map(({ name, type }) => ({ name, type }));
}

function failure(model: CompiledModel, sql: string, error: unknown): string {
  const reason = reasonOf(error);
  const position = (error as EngineError).database?.position;
  const line = position === undefined ? undefined : sql.slice(0, position - 1).split('\n').length;
  return `model ${model.name}${line === undefined ? '' : `, at line ${line} of its compiled SQL`}: ${reason}`;
}
