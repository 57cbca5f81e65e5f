import type { RunCompilation } from '../compile/compile-run.ts';
import type { BuildRequest } from '../contracts/build.ts';
import { inDependencyOrder } from '../contracts/in-dependency-order.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { once } from '../evidence/ledger.ts';
import { identifier } from '../sql-text.ts';
import { createSchema } from '../warehouse/create-schema.ts';
import { buildSchemas, storeSchema } from '../warehouse/model-schema.ts';
import { refuseForeign } from '../warehouse/refuse-foreign.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { buildBatch } from './build-batch.ts';
import type { BatchListener } from './build-batch.ts';
import type { Build, BuildContext } from './build-model.ts';
import type { BuildPlan } from './build-plan.ts';
import { findBuiltSlices } from './find-built-slices.ts';
import { findDurations } from './find-durations.ts';
import { planBuild } from './plan-build.ts';
import { readBuilds } from './record-builds.ts';
import { runProjectHooks } from './run-hooks.ts';
import { findBuilds, findStanding } from './standing.ts';
import type { Standing } from './standing.ts';

export interface TransformInput {
  readonly run: RunRef;
  readonly compiled: RunCompilation;
  readonly sources: readonly DeclaredSource[];
  readonly request: BuildRequest;
  readonly runClock: string;
  /** The folder with tickmark.yml. */
  readonly root: string;
  /** The project's on-run-start. */
  readonly onRunStart?: readonly string[];
}

interface Deps {
  readonly warehouse: Warehouse;
}

/** Decides what a run would do with every model of its vertical. Changes nothing. */
export async function previewPlan(
  input: Omit<TransformInput, 'root'>,
  session: Session,
): Promise<{ readonly plan: BuildPlan; readonly standing: Standing }> {
  const { vertical } = input.run;
  const standing = await findStanding(vertical, session);
  const plan = await planBuild({
    ...input,
    standing,
    ask: (sql) => session.query(sql),
    built: await findBuiltSlices(vertical, session),
    durations: await findDurations(vertical, session),
  });
  return { plan, standing };
}

/** The same, kept with the run, and the schemas made that it builds in. Safe to repeat: a run is planned once. */
export async function planTransform(input: TransformInput, { warehouse }: Deps): Promise<BuildPlan> {
  const { run } = input;
  await createSchema(storeSchema(run.vertical), warehouse);
  return warehouse.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${run.runId}/plan`]);
    const before = await findPlan(run.runId, session);
    if (before !== undefined) return before;
    await runProjectHooks(input.onRunStart ?? [], 'on_run_start', { compiled: input.compiled.live, session });
    await refuseForeign(run.vertical, session);
    const { plan } = await previewPlan(input, session);
    await refuseMovedInputs(run, plan, session);
    await session.execute(
      'insert into audit.build_plans (run_id, run_no, vertical, standing_run_id, plan) values ($1, $2, $3, $4, $5)',
      [run.runId, run.runNo, run.vertical, plan.standingRunId, JSON.stringify(plan)],
    );
    for (const schema of buildSchemas(run.vertical, run.runNo))
      await session.execute(`create schema ${identifier(schema)}`);
    return plan;
  });
}

/** The plan that a run goes by. */
export async function findPlan(runId: string, session: Session): Promise<BuildPlan | undefined> {
  const [row] = await session.query('select plan from audit.build_plans where run_id = $1', [runId]);
  return row?.['plan'] ? (JSON.parse(row['plan']) as BuildPlan) : undefined;
}

/** Builds one batch of a planned run. Safe to repeat. */
export async function transformBatch(
  input: TransformInput & { readonly plan: BuildPlan; readonly batchId: string } & BatchListener,
  deps: Deps,
): Promise<readonly Build[]> {
  const batch = input.plan.batches.find(({ id }) => id === input.batchId);
  if (batch === undefined) throw new RangeError(`no batch ${input.batchId}`);
  const plans = new Map(input.plan.models.map((plan) => [plan.model, plan]));
  return buildBatch({ ...input, batch, plans, context: await contextOf(input, deps.warehouse) }, deps);
}

/** Builds every batch of a planned run in this process, `threads` at the same time. */
export async function transformAll(
  input: TransformInput & { readonly plan: BuildPlan; readonly refused?: ReadonlyMap<string, string> } & BatchListener,
  deps: Deps,
): Promise<void> {
  const plans = new Map(input.plan.models.map((plan) => [plan.model, plan]));
  const context = await contextOf(input, deps.warehouse);
  let hasFailed = false;
  await inDependencyOrder(input.plan.batches, input.request.threads, async (batch) => {
    if (hasFailed && input.request.failFast) return;
    const builds = await buildBatch({ ...input, batch, plans, context }, deps);
    hasFailed ||= builds.some(({ status }) => status === 'error');
  });
}

/** Records what became of every model. Safe to repeat: it is recorded once per run. */
export async function finishTransform(
  input: { readonly run: RunRef; readonly plan: BuildPlan },
  { warehouse }: Deps,
): Promise<readonly Build[]> {
  const { run, plan } = input;
  const key = `${run.runId}/transform`;
  await once(warehouse, { key, kind: 'transform', runId: run.runId, subject: run.vertical }, async (session) => {
    await refuseChangedInputs(plan, session);
    const builds = await readBuilds(run.runId, null, session);
    return inPlanOrder(builds, plan).map(recorded);
  });
  return inPlanOrder(await readBuilds(run.runId, null, warehouse), plan);
}

/** Plans a run, builds everything and records it: a whole transform in this process. */
export async function transform(input: TransformInput, deps: Deps): Promise<readonly Build[]> {
  const plan = await planTransform(input, deps);
  await transformAll({ ...input, plan }, deps);
  const builds = await finishTransform({ run: input.run, plan }, deps);
  refuseFailed(builds);
  return builds;
}

/** Throws the first model's failure, and how many more there are. */
export function refuseFailed(builds: readonly Build[]): void {
  const failed = builds.filter(({ status }) => status === 'error');
  const skipped = builds.filter(({ status }) => status === 'skipped').length;
  const error = failed[0]?.error ?? null;
  if (error === null) return;
  const more = failed.length > 1 ? `; ${failed.length - 1} more failed` : '';
  const below = skipped > 0 ? `; ${skipped} below were skipped` : '';
  const bare = error.message.replace(/ \[[A-Z_]+\]$/, '');
  throw new EngineError('TRANSFORM_MODEL_FAILED', `${bare}${more}${below}`);
}

async function contextOf(
  input: TransformInput & { readonly plan: BuildPlan },
  session: Session,
): Promise<BuildContext> {
  const { run, compiled, runClock, root, request, plan } = input;
  const builds = await findBuilds(
    plan.models.flatMap(({ from }) => (from === null ? [] : [from])),
    session,
  );
  const standing = plan.models.flatMap(({ model, from }) => {
    const found = builds.find((build) => build.model === model && build.runId === from);
    return found === undefined ? [] : [[model, found] as const];
  });
  return { run, compiled, runClock, root, isEmpty: request.empty, standing: new Map(standing) };
}

function inPlanOrder(builds: readonly Build[], plan: BuildPlan): readonly Build[] {
  const at = new Map(plan.models.map(({ model }, index) => [model, index]));
  return [...builds].sort((a, b) => (at.get(a.model) ?? 0) - (at.get(b.model) ?? 0));
}

/** As the ledger keeps it. */
function recorded(build: Build) {
  const { model, layer, materialized, rows, contentHash, dependsOn, sqlHash, templateHash, status } = build;
  const { fingerprint, storeTable, liveName, definitionHash, inputs } = build;
  return {
    model,
    layer,
    materialized,
    rows,
    contentHash,
    dependsOn,
    sqlHash,
    templateHash,
    status,
    fingerprint,
    storeTable,
    liveName,
    definitionHash,
    inputs,
  };
}

/** Models read the landed tables as they stand: of a refresh they must stand as this run put them. */
async function refuseMovedInputs(run: RunRef, plan: BuildPlan, session: Session): Promise<void> {
  const tables = [
    ...new Set(plan.models.filter(({ action }) => action !== 'carry').flatMap(({ inputs }) => Object.keys(inputs))),
  ];
  const moved = await session.query(
    `select distinct source from audit.tie_outs
     where tied and run_no > $1 and source || '.' || table_name in (select jsonb_array_elements_text($2::jsonb))`,
    [run.runNo, JSON.stringify(tables)],
  );
  if (moved.length > 0) {
    throw new EngineError(
      'TRANSFORM_INPUT_MOVED',
      `a newer pull stands of ${moved.map((row) => row['source']).join(', ')}`,
    );
  }
}

/** What was landed when the run was planned must be what all of it read. */
async function refuseChangedInputs(plan: BuildPlan, session: Session): Promise<void> {
  const names = Object.keys(plan.landed);
  if (names.length === 0) return;
  const { landed } = await findStanding('', session);
  const changed = names.filter((name) => landed.get(name)?.hash !== plan.landed[name]);
  if (changed.length > 0) {
    throw new EngineError('TRANSFORM_INPUT_MOVED', `${changed.join(', ')} changed while the models were built`);
  }
}
