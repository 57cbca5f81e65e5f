import type { BuildOutcome, BuiltModel } from '../engine/contracts/build.ts';
import { EngineError } from '../engine/errors.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { BuildOptions } from './build-options.ts';
import { buildProgress } from './build-progress.ts';
import { buildRequest } from './build-request.ts';
import type { CliContext, World } from './context.ts';
import { deferredRelations } from './deferred-relations.ts';
import type { EmitInput } from './emit-open-lineage.ts';
import { interruptible } from './interruptible.ts';
import { isGood } from './is-good.ts';
import { openLineageTarget } from './open-lineage-target.ts';
import type { OpenedProject } from './open-project.ts';
import { openState } from './open-state.ts';
import type { PlannedBuild } from './plan-builds.ts';
import type { Resource } from './resource.ts';
import { skipBelow } from './skip-below.ts';
import { warnOf } from './warn-of.ts';
import { withWarehouse } from './with-warehouse.ts';

/** Builds one vertical after the other and hands over each outcome as it comes, so that none is lost when a later one breaks off. */
export async function buildVerticals(
  input: {
    readonly plans: readonly PlannedBuild[];
    readonly options: BuildOptions;
    readonly opened: OpenedProject;
    readonly all: readonly Resource[];
    readonly selected: readonly Resource[];
    readonly onOutcome: (outcome: BuildOutcome) => void;
  },
  context: CliContext,
): Promise<void> {
  const { plans, options, opened, all, selected } = input;
  const { project, compiled, vars } = opened;
  await withWarehouse({ root: opened.root, temporal: false }, context, async ({ world, warehouse }) => {
    const state = options.defer ? openState(options, opened, context) : undefined;
    const favorState = options.favorState ?? false;
    const deferred = options.defer
      ? await deferredRelations({ all, selected, compiled, state, favorState }, warehouse)
      : {};
    const outcomes: BuildOutcome[] = [];
    for (const planned of plans) {
      const { plan, skipped } = skipBelow(planned, outcomes, compiled);
      const onEvent = buildProgress(context.say, {
        quiet: options.quiet,
        target: 'warehouse',
        total: planned.total,
        models: planned.models,
      });
      const build = (): Promise<BuildOutcome> =>
        context.build(
          {
            project,
            vertical: plan.vertical,
            vars,
            onEvent,
            request: buildRequest(plan, options, deferred),
            dryRun: options.dryRun ?? false,
          },
          { warehouse, world },
        );
      const isNothingLeft = skipped.length > 0 && plan.models?.length === 0;
      const outcome = isNothingLeft ? nothingLeft(plan.vertical) : await interruptible(build(), context);
      for (const built of skipped) onEvent({ kind: 'end', built, index: 0 });
      const whole = { ...outcome, models: [...outcome.models.map((built) => asSelected(built, plan)), ...skipped] };
      outcomes.push(whole);
      input.onOutcome(whole);
      if (options.failFast && !isGood(whole)) break;
    }
    const target = options.dryRun ? undefined : openLineageTarget(options.openlineage, context);
    if (target !== undefined) await tellLineage({ target, outcomes, opened, world }, { warehouse, context });
  });
}

/** What was built stands whether anybody could be told or not. */
async function tellLineage(
  input: Pick<EmitInput, 'target' | 'outcomes' | 'opened'> & { readonly world: World },
  { warehouse, context }: { readonly warehouse: Warehouse; readonly context: CliContext },
): Promise<void> {
  const { world, opened } = input;
  const { emitOpenLineage } = await import('./emit-open-lineage.ts');
  try {
    await emitOpenLineage(
      {
        ...input,
        apiKey: context.env['OPENLINEAGE_API_KEY'],
        warehouseUrl: world.warehouseUrl,
        runClock: opened.runClock,
      },
      { warehouse, toolVersion: context.toolVersion },
    );
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    warnOf([error.message], context);
  }
}

/** What was not selected is neither built nor looked at, also where the engine knows that it stands unchanged. */
function asSelected(built: BuiltModel, { models }: PlannedBuild): BuiltModel {
  return built.status === 'no-op' && models?.includes(built.model) === false ? { ...built, status: 'carried' } : built;
}

function nothingLeft(vertical: string): BuildOutcome {
  return {
    vertical,
    runId: '',
    runNo: '',
    status: 'failed',
    startedAt: '',
    durationMs: 0,
    reason: 'all of it reads what was not published',
    models: [],
    checks: [],
    unitTests: [],
  };
}
