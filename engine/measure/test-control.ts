import { Decimal } from 'decimal.js';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { RunCompilation } from '../compile/compile-run.ts';
import type { ControlDefinition, ControlTest, ProposedConclusion } from '../contracts/control.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { sha256 } from '../evidence/sha256.ts';
import { upperDeviationLimit } from '../statistics/upper-deviation-limit.ts';
import type { Session } from '../warehouse/warehouse.ts';

interface Tested {
  readonly population: bigint;
  readonly exceptions: bigint;
  /** Why the tests cannot carry a conclusion; null when they can. */
  readonly obstacle: string | null;
  /** Ids of its checks whose failures are waived: they are exceptions all the same. */
  readonly waived: readonly string[];
  /** False when the population could not be counted at all. */
  readonly counted: boolean;
}

/**
 * Tests one control over its whole population and records what it proposes. An exception is an item that violates any of the
 * control's checks, also where that failure is waived: a waiver decides about publication, not about the control. Every item was looked at, so the rate is exact for this population; the upper limit treats the population
 * as a sample of the process behind it.
 */
export async function testControl(
  input: { readonly run: RunRef; readonly control: ControlDefinition; readonly compiled: RunCompilation },
  session: Session,
): Promise<ControlTest> {
  const { run, control, compiled } = input;
  let sql = '';
  let tested: Tested;
  await session.execute('savepoint control_start');
  try {
    sql = planPopulation(control, compiled.live);
    tested = await countExceptions(control, planPopulation(control, compiled.beside), run, session);
    await session.execute('release savepoint control_start');
  } catch (error) {
    if (!(error instanceof EngineError) || error.code === 'WAREHOUSE_UNREACHABLE') throw error;
    await session.execute('rollback to savepoint control_start');
    tested = { population: 0n, exceptions: 0n, obstacle: error.message, waived: [], counted: false };
  }
  const result = { ...conclude(control, tested), sqlHash: sha256(sql) };
  await record(result, control, sql, run, session);
  return result;
}

function planPopulation(control: ControlDefinition, compiled: CompiledProject): string {
  const { model, where } = control.population;
  const filter =
    where === undefined ? '' : ` where ${compiled.render(where, { file: control.file, line: control.line }).sql}`;
  return `select count(*)::text as population from ${compiled.relation(model)} as t${filter}`;
}

async function countExceptions(
  control: ControlDefinition,
  sql: string,
  run: RunRef,
  session: Session,
): Promise<Tested> {
  const [counted] = await session.query(sql);
  const population = BigInt(counted?.['population'] ?? '0');
  const results = await session.query(
    `select check_id, status, coalesce(violating_rows, failures) as found, failing_rows_kept, waiver is not null as waived from audit.check_results
     where run_id = $1 and check_id = any (string_to_array($2, ','))`,
    [run.runId, control.tests.join(',')],
  );
  const [violated] = await session.query(
    `select count(distinct subject_id)::text as exceptions, count(*) filter (where coalesce(subject_id, '') = '')::text as nameless
     from audit.failing_rows
     where run_id = $1 and check_id = any (string_to_array($2, ','))`,
    [run.runId, control.tests.join(',')],
  );
  const exceptions = BigInt(violated?.['exceptions'] ?? '0');
  const obstacles = [
    ...control.tests.filter((id) => !results.some((row) => row['check_id'] === id)).map((id) => `${id} did not run`),
    ...results.filter((row) => row['status'] === 'error').map((row) => `${row['check_id']} could not run`),
    ...results.filter((row) => row['status'] === 'skipped').map((row) => `${row['check_id']} was skipped`),
    ...results.filter((row) => row['status'] === 'no_data').map((row) => `${row['check_id']} had nothing to look at`),
    ...results
      .filter((row) => row['found'] !== row['failing_rows_kept'])
      .map((row) => `${row['check_id']} found more failing rows than are kept`),
    ...(violated?.['nameless'] === '0' ? [] : [`${violated?.['nameless']} failing rows name no item`]),
    ...(exceptions > population ? ['its checks name more exceptions than the population has items'] : []),
  ];
  const waived = results.filter((row) => row['waived'] === 't').map((row) => row['check_id'] as string);
  const obstacle = obstacles.length === 0 ? null : obstacles.join('; ');
  return { population, exceptions, obstacle, waived, counted: true };
}

function conclude(
  control: ControlDefinition,
  { population, exceptions, obstacle, waived, counted }: Tested,
): Omit<ControlTest, 'sqlHash'> {
  const common = {
    controlId: control.id,
    title: control.title,
    population,
    exceptions,
    tolerableRate: control.tolerable_deviation_rate,
    confidence: control.confidence,
    reads: JSON.stringify([control.population.model]),
    tests: JSON.stringify(control.tests),
    definitionHash: control.definitionHash,
  };
  const without = (proposedConclusion: ProposedConclusion, basis: string): Omit<ControlTest, 'sqlHash'> => ({
    ...common,
    deviationRate: null,
    upperLimit: null,
    proposedConclusion,
    basis,
  });
  if (counted && population === 0n) return without('no_data', obstacle ?? 'The population is empty.');
  if (obstacle !== null) return without('not_tested', `No conclusion: ${obstacle}.`);

  const limit = upperDeviationLimit({
    items: Number(population),
    deviations: Number(exceptions),
    confidence: Number(control.confidence),
  });
  const deviationRate = new Decimal(exceptions.toString()).div(population.toString()).toDecimalPlaces(6).toFixed(6);
  const upperLimit = new Decimal(limit).toDecimalPlaces(6, Decimal.ROUND_UP).toFixed(6);
  const effective = new Decimal(limit).lte(control.tolerable_deviation_rate);
  const percent = (rate: string): string => `${new Decimal(rate).times(100).toFixed()} %`;
  return {
    ...common,
    deviationRate,
    upperLimit,
    proposedConclusion: effective ? 'effective' : 'ineffective',
    basis:
      `All ${population} items were tested and ${exceptions} deviate (${percent(deviationRate)}). At ${percent(control.confidence)} confidence ` +
      `the deviation rate is at most ${percent(upperLimit)}, ${effective ? 'within' : 'above'} the tolerable ${percent(control.tolerable_deviation_rate)}.` +
      (waived.length === 0 ? '' : ` Deviations are counted although the failures of ${waived.join(', ')} are waived.`),
  };
}

async function record(
  result: ControlTest,
  control: ControlDefinition,
  sql: string,
  run: RunRef,
  session: Session,
): Promise<void> {
  await session.execute(
    `insert into audit.control_tests (run_id, control_id, vertical, title, population, exceptions, deviation_rate, upper_limit, tolerable_rate, confidence, proposed_conclusion, basis, reads, tests, definition_hash, sql)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
    [
      run.runId,
      result.controlId,
      control.vertical,
      result.title,
      result.population.toString(),
      result.exceptions.toString(),
      result.deviationRate,
      result.upperLimit,
      result.tolerableRate,
      result.confidence,
      result.proposedConclusion,
      result.basis,
      result.reads,
      result.tests,
      result.definitionHash,
      sql,
    ],
  );
}
