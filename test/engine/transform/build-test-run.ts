import { BuildRequest } from '../../../engine/contracts/build.ts';
import type { RunRef } from '../../../engine/contracts/run.ts';
import { once } from '../../../engine/evidence/ledger.ts';
import { endRun } from '../../../engine/evidence/run-record.ts';
import { publish } from '../../../engine/publish/publish.ts';
import type { Build } from '../../../engine/transform/build-model.ts';
import type { BuildPlan } from '../../../engine/transform/build-plan.ts';
import { finishTransform, planTransform, transformAll } from '../../../engine/transform/transform.ts';
import { dropSchemas } from '../../../engine/warehouse/drop-schemas.ts';
import { buildSchemas } from '../../../engine/warehouse/model-schema.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

export interface TestBuild {
  readonly run: RunRef;
  readonly plan: BuildPlan;
  /** By model. */
  readonly builds: Readonly<Record<string, Build>>;
  readonly decision: string;
  readonly reason: string | null;
}

/** Builds these models as one run of the vertical `shop` and publishes it, without checks. */
export async function buildTestRun(
  db: TestWarehouse,
  models: readonly TestModel[],
  options: {
    readonly sources?: readonly DeclaredSource[];
    readonly request?: Partial<BuildRequest>;
    readonly runClock?: string;
    readonly root?: string;
    readonly publish?: boolean;
    readonly readers?: readonly string[];
  } = {},
): Promise<TestBuild> {
  const { warehouse } = db;
  const run = await db.beginRun({ vertical: 'shop' });
  const { sources = [], runClock = '2026-01-31T08:00:00.000000Z', root = '.' } = options;
  const input = {
    run,
    compiled: compileTestRun(run, models, sources),
    sources,
    request: BuildRequest.parse(options.request ?? {}),
    runClock,
    root,
  };
  const plan = await planTransform(input, { warehouse });
  await transformAll({ ...input, plan }, { warehouse });
  const builds = await finishTransform({ run, plan }, { warehouse });
  await once(warehouse, { key: `${run.runId}/check`, kind: 'check', runId: run.runId, subject: 'shop' }, () =>
    Promise.resolve([]),
  );
  const told =
    options.publish === false
      ? { decision: 'left', reason: null }
      : await publish({ run, readers: options.readers ?? [] }, { warehouse });
  const status = told.decision === 'published' ? 'succeeded' : 'failed';
  await endRun({ run, status, reason: told.reason }, warehouse);
  await dropSchemas(buildSchemas('shop', run.runNo), warehouse);
  return { run, plan, builds: Object.fromEntries(builds.map((build) => [build.model, build])), ...told };
}

/** The rows of a query, as the superuser sees them; every value is text. */
export async function rowsOf(db: TestWarehouse, sql: string): Promise<readonly (readonly (string | null)[])[]> {
  const { rows } = await db.intruder.query<(string | null)[]>({ text: sql, rowMode: 'array' });
  return rows;
}
