import { hash } from 'node:crypto';
import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type { BuildOutcome, BuiltModel } from '../engine/contracts/build.ts';
import type { CompiledModel } from '../engine/contracts/model.ts';
import type { PlannedBuild } from './plan-builds.ts';

/**
 * What another vertical's failure takes out of a build: models that read, near or far, what a vertical built in this invocation and
 * did not publish. They would be built from what stood before.
 */
export function skipBelow(
  plan: PlannedBuild,
  before: readonly BuildOutcome[],
  compiled: CompiledProject,
): { readonly plan: PlannedBuild; readonly skipped: readonly BuiltModel[] } {
  const blocked = new Map<string, string>();
  for (const { vertical, status, models } of before) {
    if (status !== 'failed' && status !== 'held') continue;
    for (const { model, status: ended } of models) {
      if (ended !== 'carried' && ended !== 'no-op') blocked.set(model, vertical);
    }
  }
  if (blocked.size === 0) return { plan, skipped: [] };
  const skipped: BuiltModel[] = [];
  const kept: string[] = [];
  for (const model of compiled.models) {
    const parent = model.dependsOn.models.find((name) => blocked.has(name));
    const origin = parent === undefined ? undefined : blocked.get(parent);
    if (origin !== undefined) blocked.set(model.name, origin);
    if (model.vertical !== plan.vertical) continue;
    const isBuilt = model.layer !== 'engagement' && model.materialized !== 'ephemeral';
    if (!isBuilt || !(plan.models?.includes(model.name) ?? true)) continue;
    if (origin === undefined) kept.push(model.name);
    else skipped.push(skippedModel(model, `${origin} was not published`, compiled.relation(model.name)));
  }
  return skipped.length === 0 ? { plan, skipped } : { plan: { ...plan, models: kept }, skipped };
}

function skippedModel(model: CompiledModel, reason: string, relation: string): BuiltModel {
  const { name, resource, vertical, layer, materialized, sql, templateHash, dependsOn } = model;
  const sqlHash = hash('sha256', sql);
  return {
    model: name,
    resource,
    vertical,
    layer,
    materialized,
    status: 'skipped',
    reason,
    rows: null,
    affected: null,
    contentHash: null,
    durationMs: 0,
    sql,
    sqlHash,
    templateHash,
    dependsOn: JSON.stringify([...dependsOn.sources, ...dependsOn.models]),
    fingerprint: sqlHash,
    relation,
    error: null,
  };
}
