import { randomUUID } from 'node:crypto';
import { elsewhere } from '../activities/elsewhere.ts';
import type { CliContext } from '../cli/context.ts';
import { check as runChecks } from '../engine/check/check.ts';
import { compileRun } from '../engine/compile/compile-run.ts';
import type { RunCompilation } from '../engine/compile/compile-run.ts';
import type { BuildCheck, BuildEvent, BuildOutcome, BuildRequest, UnitTestOutcome } from '../engine/contracts/build.ts';
import type { Project } from '../engine/contracts/project.ts';
import type { RunRef } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { beginRun, endRun, findRun } from '../engine/evidence/run-record.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { measure } from '../engine/measure/measure.ts';
import { publish } from '../engine/publish/publish.ts';
import type { Build } from '../engine/transform/build-model.ts';
import type { BuildPlan, PlannedModel } from '../engine/transform/build-plan.ts';
import { findNotBuilt } from '../engine/transform/find-not-built.ts';
import { readFingerprints } from '../engine/transform/read-fingerprints.ts';
import { runProjectHooks } from '../engine/transform/run-hooks.ts';
import { finishTransform, planTransform, previewPlan, transformAll } from '../engine/transform/transform.ts';
import { runUnitTest } from '../engine/transform/unit-test.ts';
import { dropSchemas } from '../engine/warehouse/drop-schemas.ts';
import { buildSchema, buildSchemas, liveSchema } from '../engine/warehouse/model-schema.ts';
import type { Session, Warehouse } from '../engine/warehouse/warehouse.ts';
import { findStandingBuild } from './find-standing-build.ts';

type Build_ = CliContext['build'];
type Input = Parameters<Build_>[0];
type Deps = Parameters<Build_>[1] & { readonly toolVersion: string };

/** Builds a vertical in this process, with the same functions that a refresh runs through Temporal: unit tests, models, checks, measures, and the swap. */
export async function buildVertical(input: Input, deps: Deps): Promise<BuildOutcome> {
  const { project, vertical, request } = input;
  const { warehouse } = deps;
  const started = performance.now();
  const tell = input.onEvent ?? (() => undefined);
  const ahead = await planAhead(input, deps);
  const wanted = request.checks === null ? null : new Set(request.checks);
  const checks = project.checks.filter((check) => check.vertical === vertical);

  if (input.dryRun === true) return preview(input, ahead, started);
  if (ahead.plan.isNothing) {
    const ids = checks.filter(({ id }) => wanted?.has(id) ?? true).map(({ id }) => id);
    const standing = await findStandingBuild(
      { vertical, projectHash: project.hash, vars: input.vars, checks: ids, runClock: ahead.runClock },
      warehouse,
    );
    if (standing !== undefined) {
      const outcome = { ...standing, durationMs: performance.now() - started };
      tellStanding(outcome, ahead.plan, request, tell);
      return outcome;
    }
  }

  const run = await beginRun(
    {
      runId: randomUUID(),
      vertical,
      kind: 'build',
      project: project.config.name,
      projectHash: project.hash,
      toolVersion: deps.toolVersion,
      vars: input.vars,
      fullRefresh: request.fullRefresh,
      request,
    },
    warehouse,
  );
  try {
    const outcome = await buildRun(input, run, deps);
    await endRun(
      { run, status: outcome.status === 'nothing' ? 'succeeded' : outcome.status, reason: outcome.reason },
      warehouse,
    );
    return { ...outcome, durationMs: performance.now() - started };
  } catch (error) {
    const message = error instanceof EngineError ? error.message : 'unexpected error';
    await endRun({ run, status: 'failed', reason: message }, warehouse).catch(() => undefined);
    throw error;
  } finally {
    await dropSchemas(buildSchemas(vertical, run.runNo), warehouse).catch(() => undefined);
  }
}

async function buildRun(input: Input, run: RunRef, deps: Deps): Promise<BuildOutcome> {
  const { project, request } = input;
  const { warehouse, world } = deps;
  const tell = input.onEvent ?? (() => undefined);
  const pinned = await findRun(run.runId, warehouse);
  const compiled = compileFor(input, run, pinned.runClock, deps);
  const transforming = {
    run,
    compiled,
    sources: project.sources,
    request,
    runClock: pinned.runClock,
    root: world.root,
    onRunStart: project.config.on_run_start,
  };
  const step = (name: string) => ({ runId: run.runId, step: name, subject: null, attempt: 1 });

  const plan = await planTransform(transforming, { warehouse });
  const toBuild = plan.models.filter(({ action }) => action === 'build').map(({ model }) => model);
  tell({ kind: 'plan', vertical: run.vertical, runNo: run.runNo, total: plan.models.length, threads: request.threads });

  const unitTests = await runUnitTests({ project, compiled, request, toBuild }, warehouse, tell);
  const refused = new Map(
    unitTests
      .filter(({ status }) => status !== 'pass')
      .map(({ model, name }) => [model, `unit test ${name} did not pass`]),
  );

  const at = new Map(plan.models.map(({ model }, index) => [model, index + 1]));
  const indexOf = (name: string): number => at.get(name) ?? 0;
  const models = await recordStep(step('transform'), warehouse, async () => {
    await transformAll(
      {
        ...transforming,
        plan,
        refused,
        onStart: (planned) => tellStart(planned, compiled, indexOf, tell),
        onEnd: (built) => tell({ kind: 'end', built, index: indexOf(built.model) }),
      },
      { warehouse },
    );
    const builds = await finishTransform({ run, plan }, { warehouse });
    return { result: builds, figures: { models: String(builds.length) } };
  });

  const checks = await recordStep(step('check'), warehouse, async () => {
    const results = await checkRun(input, { run, compiled, models, runClock: pinned.runClock }, deps);
    for (const check of results) tell({ kind: 'check', check });
    return { result: results, figures: { checks: String(results.length) } };
  });
  const kris = project.kris.filter(({ vertical }) => vertical === run.vertical);
  const controls = project.controls.filter(({ vertical }) => vertical === run.vertical);
  if (models.every(({ status }) => status !== 'error' && status !== 'skipped')) {
    await measure({ run, kris, controls, compiled }, { warehouse });
  }
  const { warehouse: target, on_run_end: hooks } = project.config;
  const { decision, reason } = await publish(
    {
      run,
      readers: target.readers,
      afterSwap: (session) => runProjectHooks(hooks, 'on_run_end', { compiled: compiled.live, session }),
    },
    { warehouse },
  );
  tell({ kind: 'publish', vertical: run.vertical, decision, reason });
  const hasFailed = models.some(({ status }) => status === 'error');
  return {
    vertical: run.vertical,
    runId: run.runId,
    runNo: run.runNo,
    status: decision === 'published' ? 'succeeded' : hasFailed ? 'failed' : 'held',
    reason,
    startedAt: pinned.runClock,
    durationMs: 0,
    models,
    checks,
    unitTests,
  };
}

function compileFor(input: Input, run: RunRef, runClock: string, deps: Deps): RunCompilation {
  const { project, request } = input;
  return compileRun(project, {
    vertical: run.vertical,
    vars: input.vars,
    env: deps.world.env,
    runClock,
    invocationId: run.runId,
    flags: { fullRefresh: request.fullRefresh, empty: request.empty },
    deferred: request.deferred,
    liveSchema,
    buildSchema: (model) => buildSchema(model, run.runNo),
  });
}

/** What would be done if a run began now. */
async function planAhead(
  input: Input,
  deps: Deps,
): Promise<{ readonly plan: BuildPlan; readonly compiled: RunCompilation; readonly runClock: string }> {
  const { vertical, project, request } = input;
  const [row] = await deps.warehouse.query(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  const runClock = request.runClock ?? (row?.['now'] as string);
  const run = { runId: 'ahead', runNo: '0', vertical };
  const compiled = compileFor(input, run, runClock, deps);
  const { plan } = await previewPlan({ run, compiled, sources: project.sources, request, runClock }, deps.warehouse);
  return { plan, compiled, runClock };
}

async function runUnitTests(
  around: {
    readonly project: Project;
    readonly compiled: RunCompilation;
    readonly request: BuildRequest;
    readonly toBuild: readonly string[];
  },
  warehouse: Warehouse,
  tell: (event: BuildEvent) => void,
): Promise<readonly UnitTestOutcome[]> {
  const { project, compiled, request, toBuild } = around;
  const chosen = project.unitTests.filter(({ name, model }) =>
    request.unitTests === null ? toBuild.includes(model) : request.unitTests.includes(name),
  );
  const outcomes: UnitTestOutcome[] = [];
  // What stands of a model that is about to be built may have other columns than it will have.
  const deps = { project, compiled: compiled.live, warehouse, stale: new Set(toBuild), known: new Map() };
  for (const test of chosen) {
    const outcome = await runUnitTest(test, deps);
    outcomes.push(outcome);
    tell({ kind: 'unit_test', test: outcome });
  }
  return outcomes;
}

async function checkRun(
  input: Input,
  around: {
    readonly run: RunRef;
    readonly compiled: RunCompilation;
    readonly models: readonly Build[];
    readonly runClock: string;
  },
  { warehouse, world }: Deps,
): Promise<readonly BuildCheck[]> {
  const { project, request } = input;
  const { run, models, compiled, runClock } = around;
  const built = new Set(models.filter(({ status }) => status === 'success').map(({ model }) => model));
  const checks = project.checks.filter(({ vertical }) => vertical === run.vertical);
  const selected =
    request.checks === null
      ? undefined
      : new Set([
          ...request.checks,
          ...checks.filter(({ blocking, on }) => blocking && built.has(on)).map(({ id }) => id),
        ]);
  const results = await runChecks(
    {
      run,
      checks,
      sources: project.sources,
      compiled,
      runClock,
      waivers: project.waivers,
      compareElsewhere: elsewhere(project.config, world, new AbortController().signal),
      notBuilt: await findNotBuilt(run.runId, warehouse),
      ...(selected === undefined ? {} : { selected }),
      fingerprintOf: await readFingerprints(run, warehouse),
    },
    { warehouse },
  );
  const durations = await findCheckDurations(run.runId, warehouse);
  return results.map((result) => ({
    id: result.checkId,
    on: result.on,
    status: result.status,
    blocking: result.blocking,
    population: result.population,
    failures: result.failures,
    message: result.message,
    durationMs: durations.get(result.checkId) ?? 0,
    reusedFrom: result.reusedFromRun ?? null,
    // A check that was recorded before there were waivers has none.
    waiver: result.waiver ?? null,
  }));
}

async function findCheckDurations(runId: string, session: Session): Promise<ReadonlyMap<string, number>> {
  const rows = await session.query('select check_id, duration_ms from audit.check_results where run_id = $1', [runId]);
  return new Map(rows.map((row) => [row['check_id'] as string, Number(row['duration_ms'])]));
}

function tellStart(
  planned: PlannedModel,
  compiled: RunCompilation,
  indexOf: (name: string) => number,
  tell: (event: BuildEvent) => void,
): void {
  if (planned.action !== 'build') return;
  const model = compiled.live.model(planned.model);
  tell({
    kind: 'start',
    model: model.name,
    materialized: model.materialized,
    relation: compiled.live.relation(model.name),
    index: indexOf(model.name),
  });
}

function tellStanding(
  outcome: BuildOutcome,
  plan: BuildPlan,
  request: BuildRequest,
  tell: (event: BuildEvent) => void,
): void {
  const { vertical, runNo } = outcome;
  tell({ kind: 'plan', vertical, runNo, total: plan.models.length, threads: request.threads });
  for (const [index, { model }] of plan.models.entries()) {
    const built = outcome.models.find((each) => each.model === model);
    if (built) tell({ kind: 'end', built, index: index + 1 });
  }
  for (const check of outcome.checks) tell({ kind: 'check', check });
  tell({
    kind: 'publish',
    vertical,
    decision: 'nothing',
    reason: `run ${runNo} stands, and nothing has changed since`,
  });
}

function preview(
  { vertical }: Input,
  { plan, compiled }: { readonly plan: BuildPlan; readonly compiled: RunCompilation },
  started: number,
): BuildOutcome {
  return {
    vertical,
    runId: '',
    runNo: '',
    status: 'nothing',
    reason: 'a dry run builds nothing',
    startedAt: '',
    durationMs: performance.now() - started,
    models: plan.models.map(({ model: name, action, reason, fingerprint }) => {
      const model = compiled.live.model(name);
      return {
        model: name,
        resource: model.resource,
        vertical,
        layer: model.layer,
        materialized: model.materialized,
        status: action === 'build' ? 'success' : action === 'reuse' ? 'no-op' : 'carried',
        reason,
        rows: null,
        affected: null,
        contentHash: null,
        durationMs: 0,
        sql: model.sql,
        sqlHash: '',
        templateHash: model.templateHash,
        dependsOn: JSON.stringify(model.dependsOn),
        fingerprint,
        relation: compiled.live.relation(name),
        error: null,
      };
    }),
    checks: [],
    unitTests: [],
  };
}
