import { hash } from 'node:crypto';
import { findUnpinned } from '../compile/find-unpinned.ts';
import type { Ask } from '../compile/compile-project.ts';
import type { RunCompilation } from '../compile/compile-run.ts';
import type { BuildRequest } from '../contracts/build.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import type { RunRef } from '../contracts/run.ts';
import type { BuildPlan, PlannedModel, Slice } from './build-plan.ts';
import { defineModel } from './define-model.ts';
import { dueSlices } from './due-slices.ts';
import { liveSchema } from '../warehouse/model-schema.ts';
import { planBatches } from './plan-batches.ts';
import type { Standing, StandingModel } from './standing.ts';

export interface PlanInput {
  readonly run: Pick<RunRef, 'runId' | 'vertical'>;
  readonly compiled: RunCompilation;
  readonly sources: readonly DeclaredSource[];
  readonly request: BuildRequest;
  readonly runClock: string;
  readonly standing: Standing;
  /** Puts a template's question to the live tables. */
  readonly ask: Ask;
  /** Slices of each model that earlier runs built, by name. */
  readonly built: ReadonlyMap<string, readonly BuiltSlice[]>;
  /** How long each model took the last time, in milliseconds. */
  readonly durations: ReadonlyMap<string, number>;
}

export type BuiltSlice = Slice & { readonly definitionHash: string };

/** Decides what a run does with every model of its vertical, and why. Changes nothing. */
export async function planBuild(input: PlanInput): Promise<BuildPlan> {
  const { run, compiled, standing, request } = input;
  const selected = request.models === null ? null : new Set(request.models);
  const models = compiled.live.models.filter(
    ({ vertical, layer, materialized }) =>
      vertical === run.vertical && layer !== 'engagement' && materialized !== 'ephemeral',
  );
  const parentsOf = parentFinder(compiled.live.models, ownSources(input));
  const planned = new Map<string, PlannedModel>();
  for (const seed of seedsOfSources(input)) {
    if (!models.some(({ name }) => name === seed.model))
      planned.set(seed.model, carried(seed, [], 'a source reads it where it stands'));
  }
  for (const model of parentsFirst(models, parentsOf)) {
    const isSelected = selected === null || selected.has(model.name);
    const parents = parentsOf(model);
    const plan = await planModel(model, { ...input, isSelected, parents, planned });
    if (plan !== null) planned.set(model.name, plan);
  }
  const plans = [...planned.values()];
  const gone = [...standing.models.values()].filter(
    ({ vertical, model }) => vertical === run.vertical && !planned.has(model),
  );
  const missing = plans.filter(({ model }) => standing.models.get(model)?.isThere !== true);
  return {
    standingRunId: standing.runId,
    models: plans,
    batches: planBatches(plans, {
      durations: input.durations,
      isView: (name) => compiled.live.model(name).materialized === 'view',
    }),
    landed: landedOf(plans, standing),
    isNothing: plans.every(({ action }) => action !== 'build') && gone.length === 0 && missing.length === 0,
  };
}

interface Around extends PlanInput {
  readonly isSelected: boolean;
  readonly parents: Parents;
  readonly planned: ReadonlyMap<string, PlannedModel>;
}

async function planModel(model: CompiledModel, around: Around): Promise<PlannedModel | null> {
  const { standing, compiled, request, planned, parents } = around;
  const before = usable(standing.models.get(model.name), model);
  const inRun = parents.models.filter((name) => planned.has(name));
  if (!around.isSelected) {
    // What was never built stays away; who needs it is told when its own SQL does not find it.
    return before === undefined ? null : carried(before, inRun);
  }
  const definitionHash = await defineModel(model, compiled.live);
  const inputs = inputsOf(model, around);
  const inputsHash =
    inputs.unknown !== null
      ? null
      : sha256(
          JSON.stringify([definitionHash, request.empty, ...[...inputs.states].sort(([a], [b]) => (a < b ? -1 : 1))]),
        );
  const isIncremental = continues(model, before, request);
  const slices =
    model.config.incremental_strategy === 'microbatch' && model.materialized === 'incremental'
      ? dueSlices(model, {
          request,
          runClock: around.runClock,
          built: isIncremental ? (around.built.get(model.name) ?? []) : [],
        })
      : null;
  const fingerprint =
    inputsHash === null
      ? sha256(`${around.run.runId}/${model.name}`)
      : isIncremental
        ? sha256(JSON.stringify([inputsHash, before?.fingerprint, slices]))
        : inputsHash;
  const plan = {
    model: model.name,
    parents: inRun,
    reads: parents.reads,
    definitionHash,
    inputsHash,
    inputs: inputs.runs,
    slices,
    isIncremental,
  };
  const why =
    reasonToBuild(model, { ...around, before, definitionHash, inputsHash, unknown: inputs.unknown, slices }) ??
    (await reasonInAnswers(model, before, around));
  if (why === null && before) {
    return {
      ...plan,
      action: 'reuse',
      reason: `same definition and inputs as in run ${before.runNo}`,
      fingerprint: before.fingerprint ?? fingerprint,
      from: before.runId,
      isIncremental: false,
      slices: null,
    };
  }
  const spare = inputsHash === null || request.fullRefresh ? undefined : standing.unpublished.get(inputsHash);
  if (
    spare !== undefined &&
    !isIncremental &&
    slices === null &&
    spare.model === model.name &&
    model.materialized !== 'view'
  ) {
    return {
      ...plan,
      action: 'reuse',
      reason: `built in run ${spare.runNo}, which was not published, from the same definition and inputs`,
      fingerprint: spare.fingerprint ?? fingerprint,
      from: spare.runId,
      slices: null,
    };
  }
  return { ...plan, action: 'build', reason: why ?? 'it was never built', fingerprint, from: before?.runId ?? null };
}

function reasonToBuild(
  model: CompiledModel,
  found: Around & {
    readonly before: StandingModel | undefined;
    readonly definitionHash: string;
    readonly inputsHash: string | null;
    readonly unknown: string | null;
    readonly slices: readonly Slice[] | null;
  },
): string | null {
  const { before, request, slices } = found;
  if (before === undefined) return 'it was never built';
  if (!before.isThere) return 'what was built of it is not there any more';
  if (request.fullRefresh) return 'a full refresh was asked for';
  if (request.eventTime !== null && slices !== null) return 'slices of it were asked for again';
  if (before.definitionHash !== found.definitionHash) return 'its definition changed';
  if (found.unknown !== null) return found.unknown;
  if (
    before.inputsHash === found.inputsHash &&
    (slices === null || slices.every((slice) => isBuilt(slice, found, model)))
  ) {
    return null;
  }
  const parent = found.parents.models.find((name) => found.planned.get(name)?.action === 'build');
  if (parent !== undefined) return `${parent} is built anew`;
  if (before.inputsHash === found.inputsHash) return 'a slice of it is due';
  const table = Object.entries(inputsOf(model, found).runs).find(
    ([name, run]) => (JSON.parse(before.inputs) as Record<string, string>)[name] !== run,
  );
  return table === undefined ? 'what it reads has changed' : `${table[0]} has changed`;
}

/** Of a model that asks the warehouse the SQL decides, as it is answered now. */
async function reasonInAnswers(
  model: CompiledModel,
  before: StandingModel | undefined,
  { compiled, ask }: PlanInput,
): Promise<string | null> {
  if (!model.asksWarehouse || before === undefined) return null;
  const { sql } = await compiled.live.renderModel(model.name, { ask });
  return sha256(sql) === before.sqlHash ? null : 'what it asks the warehouse is answered otherwise';
}

function isBuilt(
  slice: Slice,
  { built, definitionHash }: { built: PlanInput['built']; definitionHash: string },
  model: CompiledModel,
): boolean {
  return (built.get(model.name) ?? []).some(
    (each) => each.from === slice.from && each.to === slice.to && each.definitionHash === definitionHash,
  );
}

/**
 * Seeds of the vertical that stand and that a source of it reads there, as dbt projects have it that load their raw data with
 * `dbt seed` once and then turn the seeds off: without them the swap would take away what the next run reads.
 */
function seedsOfSources({ run, sources, standing }: PlanInput): readonly StandingModel[] {
  const marts = liveSchema({ vertical: run.vertical, layer: 'marts' });
  const read = new Set(sources.flatMap(({ external }) => (external?.schema === marts ? [external.identifier] : [])));
  return [...standing.models.values()].filter(
    ({ vertical, resource, liveName, storeTable }) =>
      vertical === run.vertical && resource === 'seed' && storeTable !== null && read.has(liveName),
  );
}

function carried(before: StandingModel, parents: readonly string[], reason = 'not selected'): PlannedModel {
  return {
    model: before.model,
    action: 'carry',
    reason,
    parents,
    reads: [],
    definitionHash: before.definitionHash ?? '',
    inputsHash: before.inputsHash,
    fingerprint: before.fingerprint ?? sha256(`${before.runId}/${before.model}`),
    inputs: JSON.parse(before.inputs) as Record<string, string>,
    isIncremental: false,
    from: before.runId,
    slices: null,
  };
}

/** One that was built before tables had a store of their own is built anew. */
function usable(before: StandingModel | undefined, model: CompiledModel): StandingModel | undefined {
  if (before === undefined || before.vertical !== model.vertical) return undefined;
  return before.storeTable === null && before.materialized !== 'view' ? undefined : before;
}

function continues(model: CompiledModel, before: StandingModel | undefined, request: BuildRequest): boolean {
  const stands = before !== undefined && before.storeTable !== null && before.isThere;
  if (!stands || request.empty) return false;
  if (model.materialized === 'snapshot') return before.materialized === 'snapshot';
  if (model.materialized !== 'incremental') return false;
  return !(model.config.full_refresh ?? request.fullRefresh);
}

/** The state of everything a model reads; `unknown` says what cannot be known to be the same as before. */
function inputsOf(
  model: CompiledModel,
  { parents, planned, standing, sources, run, request }: Around,
): {
  readonly states: ReadonlyMap<string, string>;
  readonly runs: Record<string, string>;
  readonly unknown: string | null;
} {
  const states = new Map<string, string>();
  const runs: Record<string, string> = {};
  let unknown: string | null = null;
  const unpinned = model.resource === 'seed' ? [] : findUnpinned(model.sql);
  if (unpinned[0]) unknown = `${unpinned[0].text} at line ${unpinned[0].line} of its SQL is not pinned`;
  const [hidden] = standing.models.get(model.name)?.hiddenInputs ?? [];
  if (hidden !== undefined)
    unknown ??= `it reads ${hidden} without ref or source, so whether that changed cannot be known`;
  for (const name of parents.models) {
    const state = planned.get(name)?.fingerprint ?? standing.models.get(name)?.fingerprint ?? null;
    if (state !== null) states.set(name, state);
    else unknown ??= request.deferred[name] ? `${name} is read where it was deferred to` : `${name} does not stand`;
  }
  for (const name of parents.sources) {
    const landed = standing.landed.get(name);
    const declared = sources.find(({ source, name: table }) => `${source}.${table}` === name);
    if (landed !== undefined && declared?.external === undefined) {
      states.set(name, landed.hash);
      runs[name] = landed.runNo;
    } else {
      unknown ??=
        declared?.external === undefined
          ? `${name} has not been landed`
          : `${name} is read where it stands, so whether it changed cannot be known`;
    }
  }
  states.set('vertical', run.vertical);
  return { states, runs, unknown };
}

interface Parents {
  /** Models that must be there before it; also those that a source of it reads where the project builds them. */
  readonly models: readonly string[];
  readonly sources: readonly string[];
  /** What its SQL names by ref and source. */
  readonly reads: readonly string[];
}

/** What a model reads that stands somewhere: an ephemeral model counts as what it reads itself. */
function parentFinder(
  models: readonly CompiledModel[],
  own: ReadonlyMap<string, string>,
): (model: CompiledModel) => Parents {
  const byName = new Map(models.map((model) => [model.name, model]));
  const found = new Map<string, Parents>();
  const parentsOf = (model: CompiledModel): Parents => {
    const known = found.get(model.name);
    if (known) return known;
    const [names, sources, reads] = [new Set<string>(), new Set<string>(), new Set<string>()];
    for (const source of model.dependsOn.sources) {
      const built = own.get(source);
      if (built === undefined) sources.add(source);
      else names.add(built);
      reads.add(source);
    }
    for (const name of model.dependsOn.models) {
      const parent = byName.get(name);
      if (parent?.materialized !== 'ephemeral') {
        names.add(name);
        reads.add(name);
        continue;
      }
      const above = parentsOf(parent);
      for (const each of above.models) names.add(each);
      for (const each of above.sources) sources.add(each);
      for (const each of above.reads) reads.add(each);
    }
    const parents = { models: [...names], sources: [...sources], reads: [...reads] };
    found.set(model.name, parents);
    return parents;
  };
  return parentsOf;
}

/** Sources that are what the project builds itself, as dbt projects have it whose raw data are seeds: the model by the source's name. */
function ownSources({ run, compiled, sources, standing }: PlanInput): ReadonlyMap<string, string> {
  const built = new Map<string, string>();
  for (const { vertical, resource, layer, liveName, model } of standing.models.values()) {
    if (vertical !== run.vertical || resource !== 'seed') continue;
    built.set(`${liveSchema({ vertical, layer: layer === 'staging' ? 'staging' : 'marts' })}.${liveName}`, model);
  }
  for (const model of compiled.live.models) {
    if (model.vertical === run.vertical && model.layer !== 'engagement') {
      built.set(`${liveSchema(model)}.${model.config.alias ?? model.name}`, model.name);
    }
  }
  return new Map(
    sources.flatMap(({ source, name, external }) => {
      const own = external && built.get(`${external.schema}.${external.identifier}`);
      return own === undefined ? [] : [[`${source}.${name}`, own] as const];
    }),
  );
}

/** References alone give the order of compiling; a source that is built here counts too. */
function parentsFirst(
  models: readonly CompiledModel[],
  parentsOf: (model: CompiledModel) => Parents,
): readonly CompiledModel[] {
  const byName = new Map(models.map((model) => [model.name, model]));
  const ordered = new Set<CompiledModel>();
  const begun = new Set<CompiledModel>();
  const visit = (model: CompiledModel): void => {
    // A circle through a source is left as it is: one of its models reads what stood before.
    if (begun.has(model)) return;
    begun.add(model);
    for (const name of parentsOf(model).models) {
      const parent = byName.get(name);
      if (parent) visit(parent);
    }
    ordered.add(model);
  };
  for (const model of models) visit(model);
  return [...ordered];
}

function landedOf(plans: readonly PlannedModel[], standing: Standing): Record<string, string> {
  const names = new Set(plans.filter(({ action }) => action === 'build').flatMap(({ inputs }) => Object.keys(inputs)));
  return Object.fromEntries([...names].map((name) => [name, standing.landed.get(name)?.hash ?? '']));
}

function sha256(text: string): string {
  return hash('sha256', text);
}
