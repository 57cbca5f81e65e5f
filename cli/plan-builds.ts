import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { Resource, ResourceType } from './resource.ts';

export const BUILD_VERBS = ['build', 'run', 'seed', 'snapshot'] as const;
export type BuildVerb = (typeof BUILD_VERBS)[number];

/** What one vertical is asked to build; null: all of it. */
export interface PlannedBuild {
  readonly vertical: string;
  /** How many models it is about. */
  readonly total: number;
  readonly models: readonly string[] | null;
  readonly checks: readonly string[] | null;
  readonly unitTests: readonly string[] | null;
}

/** What each verb is about. */
const TYPES: Readonly<Record<BuildVerb, readonly ResourceType[]>> = {
  build: ['seed', 'model', 'snapshot', 'check', 'unit_test'],
  run: ['model'],
  seed: ['seed'],
  snapshot: ['snapshot'],
};

/** One build for each vertical in which something was selected, in the order in which verticals read each other. */
export function planBuilds(
  verb: BuildVerb,
  chosen: { readonly all: readonly Resource[]; readonly selected: readonly Resource[] },
  compiled: CompiledProject,
): readonly PlannedBuild[] {
  const built = new Set(
    compiled.models
      .filter(({ layer, materialized }) => layer !== 'engagement' && materialized !== 'ephemeral')
      .map(({ name }) => name),
  );
  const concerned = (resources: readonly Resource[], vertical: string): readonly Resource[] =>
    resources.filter(
      (resource) =>
        resource.vertical === vertical &&
        TYPES[verb].includes(resource.type) &&
        (!MODELS.includes(resource.type) || built.has(resource.id)),
    );
  return orderVerticals(chosen.all, compiled).flatMap((vertical) => {
    const selected = concerned(chosen.selected, vertical);
    if (selected.length === 0) return [];
    const isAll = verb === 'build' && selected.length === concerned(chosen.all, vertical).length;
    const ids = (types: readonly ResourceType[]): readonly string[] | null =>
      isAll ? null : selected.filter(({ type }) => types.includes(type)).map(({ id }) => id);
    const total = selected.filter(({ type }) => MODELS.includes(type)).length;
    return [{ vertical, total, models: ids(MODELS), checks: ids(['check']), unitTests: ids(['unit_test']) }];
  });
}

const MODELS: readonly ResourceType[] = ['seed', 'model', 'snapshot'];

/** Each vertical after those whose models its own read; verticals that read each other stay as tickmark.yml has them. */
function orderVerticals(all: readonly Resource[], compiled: CompiledProject): readonly string[] {
  const verticals = all.filter(({ type }) => type === 'vertical').map(({ id }) => id);
  const reads = new Map(verticals.map((vertical) => [vertical, new Set<string>()]));
  const verticalOf = new Map(compiled.models.map(({ name, vertical }) => [name, vertical]));
  for (const { vertical, dependsOn } of compiled.models) {
    for (const parent of dependsOn.models) reads.get(vertical)?.add(verticalOf.get(parent) ?? vertical);
  }
  const ordered = new Set<string>();
  const visit = (vertical: string, path: readonly string[]): void => {
    if (ordered.has(vertical) || path.includes(vertical)) return;
    for (const parent of verticals) {
      if (reads.get(vertical)?.has(parent)) visit(parent, [...path, vertical]);
    }
    ordered.add(vertical);
  };
  for (const vertical of verticals) visit(vertical, []);
  return [...ordered];
}
