import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { buildModel, notBuilt } from './build-model.ts';
import type { Build, BuildContext } from './build-model.ts';
import type { BuildBatch, PlannedModel } from './build-plan.ts';
import { readBuilds, recordBuilds } from './record-builds.ts';

/** What a batch tells while it works. */
export interface BatchListener {
  readonly onStart?: (plan: PlannedModel) => void;
  readonly onEnd?: (build: Build) => void;
}

/**
 * Builds the models of one batch, one after the other, in one transaction. A model that fails is put back and recorded as failed,
 * those below it as skipped, and the others go on. Safe to repeat: a batch is recorded once per run, and a later attempt is given
 * that record.
 */
export async function buildBatch(
  input: {
    readonly batch: BuildBatch;
    readonly plans: ReadonlyMap<string, PlannedModel>;
    readonly context: BuildContext;
    /** Models that must not be built, and why. */
    readonly refused?: ReadonlyMap<string, string>;
  } & BatchListener,
  { warehouse }: { readonly warehouse: Warehouse },
): Promise<readonly Build[]> {
  const { batch, context } = input;
  const { run } = context;
  return warehouse.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`${run.runId}/build/${batch.id}`]);
    const before = await readBuilds(run.runId, batch.models, session);
    if (before.length === batch.models.length) return before;
    const failed = await failedAbove(input, session);
    const builds: Build[] = [];
    for (const name of batch.models) {
      const plan = input.plans.get(name);
      if (plan === undefined) throw new RangeError(`${name} is in no plan`);
      const cause = plan.parents.find((parent) => failed.has(parent));
      input.onStart?.(plan);
      const reason = cause === undefined ? input.refused?.get(name) : `${cause} was not built`;
      const build = reason === undefined ? await attempt(plan, context, session) : notBuilt(plan, context, { reason });
      if (build.status === 'error' || build.status === 'skipped') failed.add(name);
      builds.push(build);
      input.onEnd?.(build);
    }
    await recordBuilds(run, builds, session);
    return builds;
  });
}

async function attempt(plan: PlannedModel, context: BuildContext, session: Session): Promise<Build> {
  const started = performance.now();
  await session.execute('savepoint model_start');
  try {
    const build = await buildModel(plan, context, session);
    await session.execute('release savepoint model_start');
    return build;
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint model_start');
    const durationMs = Math.round(performance.now() - started);
    return notBuilt(plan, context, { reason: plan.reason, error, durationMs });
  }
}

async function failedAbove(
  { batch, plans, context }: Parameters<typeof buildBatch>[0],
  session: Session,
): Promise<Set<string>> {
  const parents = batch.models.flatMap((name) => plans.get(name)?.parents ?? []);
  const rows = await session.query(
    `select model from audit.builds where run_id = $1 and status in ('error', 'skipped')
     and model in (select jsonb_array_elements_text($2::jsonb))`,
    [context.run.runId, JSON.stringify(parents)],
  );
  return new Set(rows.map((row) => row['model'] as string));
}
