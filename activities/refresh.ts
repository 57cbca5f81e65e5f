import { alert as raiseAlerts } from '../engine/alert/alert.ts';
import type { AlertDestination } from '../engine/alert/alert-input.ts';
import { check as runChecks } from '../engine/check/check.ts';
import { loadConfig } from '../engine/config/load-config.ts';
import { resolveEnv } from '../engine/config/resolve-env.ts';
import type { AlertRoute } from '../engine/contracts/config.ts';
import { AlertInput, RunInput } from '../engine/contracts/run.ts';
import type {
  AlertSummary,
  CheckSummary,
  MeasureSummary,
  PublishSummary,
  TransformSummary,
} from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { measure as measureRisk } from '../engine/measure/measure.ts';
import { publish as publishModels } from '../engine/publish/publish.ts';
import { transform as buildModels } from '../engine/transform/transform.ts';
import { asActivity } from './as-activity.ts';
import { countBy } from './count-by.ts';
import type { ActivityDeps } from './deps.ts';
import { loadCompiledRun, loadRun } from './load-run.ts';

/** From landed tables to published figures and alerts. */
export function refreshActivities(deps: ActivityDeps) {
  const step = (runId: string, name: string, attempt: number) => ({ runId, step: name, subject: null, attempt });
  return {
    transform: (input: RunInput): Promise<TransformSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'transform', attempt), deps.warehouse, async () => {
          const { compiled } = await loadCompiledRun(run, deps);
          const builds = await buildModels({ run, compiled }, deps);
          const rows = builds
            .filter(({ materialized }) => materialized === 'table')
            .reduce((sum, build) => sum + BigInt(build.rows), 0n);
          return {
            result: { models: builds.length },
            figures: { models: String(builds.length), 'rows in tables': rows.toString() },
          };
        });
      }),

    check: (input: RunInput): Promise<CheckSummary> =>
      asActivity(async (attempt) => {
        const { run } = RunInput.parse(input);
        return recordStep(step(run.runId, 'check', attempt), deps.warehouse, async () => {
          const { project, compiled } = await loadCompiledRun(run, deps);
          const checks = project.checks.filter(({ vertical }) => vertical === run.vertical);
          const results = await runChecks({ run, checks, sources: project.sources, compiled }, deps);
          const counts = {
            pass: 0,
            warn: 0,
            fail: 0,
            error: 0,
            no_data: 0,
            ...countBy(results.map(({ status }) => status)),
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
          const { project } = await loadRun(run, deps);
          const result = await publishModels({ run, readers: project.config.warehouse.readers }, deps);
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

function resolveRoute(route: AlertRoute, deps: ActivityDeps): AlertDestination {
  try {
    return { name: route.name, on: route.on, url: resolveEnv(route.url, deps.env) };
  } catch (error) {
    if (error instanceof EngineError && error.code === 'CONFIG_ENV_MISSING')
      return { name: route.name, on: route.on, url: null };
    throw error;
  }
}
