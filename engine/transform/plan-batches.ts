import type { BuildBatch, PlannedModel } from './build-plan.ts';

/** From here on a model has an activity of its own. */
const HEAVY_MS = 1_000;
/** A batch of small ones: large enough that starting it costs nothing, small enough to be repeated. */
const BATCH_MODELS = 100;
/** As long as this few are of unknown cost, each counts as heavy. */
const UNKNOWN_ALONE = 100;

/**
 * Puts models together that are quick to build, so that each batch is one transaction and one activity; heavy ones stand alone.
 * Batches wait for each other as their models do, and never in a circle: a small model belongs to the stretch between the heavy
 * ones above and below it.
 */
export function planBatches(
  plans: readonly PlannedModel[],
  known: { readonly durations: ReadonlyMap<string, number>; readonly isView: (model: string) => boolean },
): readonly BuildBatch[] {
  const unknown = plans.filter(
    ({ action, model }) => action === 'build' && !known.durations.has(model) && !known.isView(model),
  );
  const isHeavy = ({ action, model }: PlannedModel): boolean => {
    if (action !== 'build') return false;
    const duration = known.durations.get(model);
    return duration === undefined ? !known.isView(model) && unknown.length <= UNKNOWN_ALONE : duration >= HEAVY_MS;
  };
  const depths = new Map<string, number>();
  const heavy = new Set<string>();
  const stretches = new Map<number, PlannedModel[]>();
  const groups: PlannedModel[][] = [];
  for (const plan of plans) {
    const depth = Math.max(0, ...plan.parents.map((name) => (depths.get(name) ?? 0) + (heavy.has(name) ? 1 : 0)));
    depths.set(plan.model, depth);
    if (isHeavy(plan)) {
      heavy.add(plan.model);
      groups.push([plan]);
      continue;
    }
    let stretch = stretches.get(depth);
    if (stretch === undefined || stretch.length >= BATCH_MODELS) {
      stretch = [];
      stretches.set(depth, stretch);
      groups.push(stretch);
    }
    stretch.push(plan);
  }
  const batchOf = new Map(
    groups.flatMap((group, index) => group.map(({ model }) => [model, `b${index + 1}`] as const)),
  );
  return groups.map((group, index) => {
    const id = `b${index + 1}`;
    const after = new Set(group.flatMap(({ parents }) => parents.map((name) => batchOf.get(name) ?? id)));
    after.delete(id);
    return { id, after: [...after], models: group.map(({ model }) => model) };
  });
}
