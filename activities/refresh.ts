import { alert as raiseAlerts } from '../engine/alert/alert.ts';
import type { AlertDestination } from '../engine/alert/alert-input.ts';
import { check as runChecks } from '../engine/check/check.ts';
import type { BuiltModel } from '../engine/contracts/build.ts';
import { loadConfig } from '../engine/config/load-config.ts';
import { resolveEnv } from '../engine/config/resolve-env.ts';
import type { AlertRoute } from '../engine/contracts/config.ts';
import { AlertInput, BatchInput, RunInput } from '../engine/contracts/run.ts';
import type {
  AlertSummary,
  CheckSummary,
  MeasureSummary,
  PublishSummary,
  RunRef,
  TransformPlan,
  TransformSummary,
} from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { beginStep, continueStep, endStep, recordStep } from '../engine/evidence/record-step.ts';
import { measure as measureRisk } from '../engine/measure/measure.ts';
import { publish as publishModels } from '../engine/publish/publish.ts';
import type { BuildPlan } from '../engine/transform/build-plan.ts';
import { findNotBuilt } from '../engine/transform/find-not-built.ts';
import { readFingerprints } from '../engine/transform/read-fingerprints.ts';
import { runProjectHooks } from '../engine/transform/run-hooks.ts';
import {
  findPlan,
  finishTransform as recordModels,
  planTransform as planModels,
  refuseFailed,
  transform as buildModels,
  transformBatch,
} from '../engine/transform/transform.ts';
import type { TransformInput } from '../engine/transform/transform.ts';
import type { Session } from '../engine/warehouse/warehouse.ts';
import { asActivity } from './as-activity.ts';
import { countBy } from './count-by.ts';
import type { ActivityDeps } from './deps.ts';
import { elsewhere } from './elsewhere.ts';
import { loadCompiledRun } from './load-run.ts';

/** From landed tables to published figures and alerts. */
export function refreshActivities(deps: ActivityDeps) {
  const step = (runId: string, name: string, attempt: number) => ({ runId, step: name, subject: null, attempt });
  return {
    /** All of a run's models in one go: what runs that began before there were batches still ask for. */
    transform: (input: RunInput): Promise<TransformSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'transform', attempt), deps.warehouse, async () => {
          const builds = await buildModels(await transformOf(run, deps), deps);
          return { result: { models: builds.length }, figures: figuresOf(builds) };
        });
      }),

    planTransform: (input: RunInput): Promise<TransformPlan> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return beginStep(step(run.runId, 'transform', attempt), deps.warehouse, async () => {
          const wanted = await transformOf(run, deps);
          const { batches } = await planModels(wanted, deps);
          return {
            threads: wanted.request.threads,
            batches: batches.map(({ id, after, models }) => ({ id, after, models: models.length })),
          };
        });
      }),

    buildModels: (input: BatchInput): Promise<void> =>
      asActivity(async (attempt) => {
        const { run, batch } = BatchInput.parse(input);
        await continueStep(step(run.runId, 'transform', attempt), deps.warehouse, async () => {
          const wanted = await transformOf(run, deps);
          const plan = await requirePlan(run, deps);
          await transformBatch({ ...wanted, plan, batchId: batch }, deps);
        });
      }),

    finishTransform: (input: RunInput): Promise<TransformSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return endStep(step(run.runId, 'transform', attempt), deps.warehouse, async () => {
          const builds = await recordModels({ run, plan: await requirePlan(run, deps) }, deps);
          refuseFailed(builds);
          return { result: { models: builds.length }, figures: figuresOf(builds) };
        });
      }),

    check: (input: RunInput): Promise<CheckSummary> =>
      asActivity(async (attempt, cancelled) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'check', attempt), deps.warehouse, async () => {
          const { pinned, project, compiled } = await loadCompiledRun(run, deps);
          const { runClock } = pinned;
          const { sources, waivers } = project;
          const fingerprintOf = await readFingerprints(run, deps.warehouse);
          const notBuilt = await findNotBuilt(run.runId, deps.warehouse);
          const checks = project.checks.filter(({ vertical }) => vertical === run.vertical);
          const results = await runChecks(
            {
              run,
              checks,
              sources,
              waivers,
              notBuilt,
              compiled,
              runClock,
              fingerprintOf,
              compareElsewhere: elsewhere(project.config, deps, cancelled),
            },
            deps,
          );
          const counts = {
            pass: 0,
            warn: 0,
            fail: 0,
            error: 0,
            no_data: 0,
            ...countBy(results.map(({ status, waiver }) => (waiver ? 'waived' : status))),
          };
          const blockedBy = results
            .filter(({ blocking, status }) => blocking && status !== 'pass' && status !== 'warn')
            .map(({ checkId }) => checkId);
          const figures = Object.entries(counts).map(([status, count]): [string, string] => [status, String(count)]);
          return { result: { ...counts, blockedBy }, figures: Object.fromEntries(figures) };
        });
      }),

    measure: (input: RunInput): Promise<MeasureSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'measure', attempt), deps.warehouse, async () => {
          const { project, compiled } = await loadCompiledRun(run, deps);
          const kris = project.kris.filter(({ vertical }) => vertical === run.vertical);
          const controls = project.controls.filter(({ vertical }) => vertical === run.vertical);
          const { readings, controls: tested } = await measureRisk({ run, kris, controls, compiled }, deps);
          const colours = countBy(readings.map(({ colour }) => colour));
          const conclusions = countBy(tested.map(({ proposedConclusion }) => proposedConclusion));
          const figures = Object.entries({ ...colours, ...conclusions }).map(([name, count]): [string, string] => [
            name,
            String(count),
          ]);
          return { result: { colours, conclusions }, figures: Object.fromEntries(figures) };
        });
      }),

    publish: (input: RunInput): Promise<PublishSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'publish', attempt), deps.warehouse, async () => {
          const { project, compiled } = await loadCompiledRun(run, deps);
          const { warehouse, on_run_end: hooks } = project.config;
          const afterSwap = (session: Session): Promise<void> =>
            runProjectHooks(hooks, 'on_run_end', { compiled: compiled.live, session });
          const result = await publishModels({ run, readers: warehouse.readers, afterSwap }, deps);
          return { result, figures: { decision: result.decision, models: String(result.tables) } };
        });
      }),

    alert: (input: AlertInput): Promise<AlertSummary> =>
      asActivity(async (attempt) => {
        const { run, failure } = AlertInput.parse(input);
        return recordStep(step(run.runId, 'alert', attempt), deps.warehouse, async () => {
          // Not the pinned project: a run whose content was edited meanwhile must still be able to say so.
          const routes = loadConfig(deps.root).alerts.map((route) => resolveRoute(route, deps));
          const result = await raiseAlerts({ run, failure, routes }, deps);
          const { opened, closed, sent } = result;
          return {
            result,
            figures: { 'incidents opened': String(opened), closed: String(closed), 'alerts sent': String(sent) },
          };
        });
      }),
  };
}

async function transformOf(run: RunRef, deps: ActivityDeps): Promise<TransformInput> {
  const { pinned, project, compiled } = await loadCompiledRun(run, deps);
  const request = { ...pinned.request, fullRefresh: pinned.request.fullRefresh || pinned.fullRefresh };
  const { on_run_start: onRunStart } = project.config;
  return {
    run,
    compiled,
    sources: project.sources,
    request,
    runClock: pinned.runClock,
    root: deps.root,
    onRunStart,
  };
}

async function requirePlan(run: RunRef, deps: ActivityDeps): Promise<BuildPlan> {
  const plan = await findPlan(run.runId, deps.warehouse);
  if (plan === undefined) throw new EngineError('RUN_NOT_FOUND', `run ${run.runNo} has no plan`);
  return plan;
}

function figuresOf(builds: readonly BuiltModel[]): Record<string, string> {
  const rows = builds.reduce((sum, build) => sum + BigInt(build.rows ?? '0'), 0n);
  const unchanged = builds.filter(({ status }) => status === 'no-op').length;
  return {
    models: String(builds.length),
    'rows in tables': rows.toString(),
    ...(unchanged > 0 ? { unchanged: String(unchanged) } : {}),
  };
}

function resolveRoute(route: AlertRoute, deps: ActivityDeps): AlertDestination {
  try {
    return { name: route.name, on: route.on, url: resolveEnv(route.url, deps.env) };
  } catch (error) {
    if (error instanceof EngineError && error.code === 'CONFIG_ENV_MISSING')
      return { name: route.name, on: route.on, url: null };
    throw error;
  }
}
