import type { RunCompilation } from '../compile/compile-run.ts';
import type { BuiltModel } from '../contracts/build.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { RunRef } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import { addHashes } from '../evidence/content-hash.ts';
import { hashRelation } from '../evidence/hash-relation.ts';
import { sha256 } from '../evidence/sha256.ts';
import { identifier, literal, relation } from '../sql-text.ts';
import { removedRows } from '../warehouse/delta.ts';
import type { Delta } from '../warehouse/delta.ts';
import { buildSchema, liveSchema, storeName, storeSchema } from '../warehouse/model-schema.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { PlannedModel, Slice } from './build-plan.ts';
import { enforceContract } from './contract.ts';
import { makeIncremental } from './materialize/incremental.ts';
import type { Made, Making } from './materialize/materialize.ts';
import { makeSeed } from './materialize/seed.ts';
import { makeSnapshot } from './materialize/snapshot.ts';
import { findHiddenInputs } from './find-hidden-inputs.ts';
import { makeTable } from './materialize/table.ts';
import { runHooks } from './run-hooks.ts';
import type { StandingModel } from './standing.ts';

/** Everything that the models of one run are built with. */
export interface BuildContext {
  readonly run: RunRef;
  readonly compiled: RunCompilation;
  /** By model: what stands, or what an unpublished run built. */
  readonly standing: ReadonlyMap<string, StandingModel>;
  readonly runClock: string;
  readonly isEmpty: boolean;
  /** The folder with tickmark.yml. */
  readonly root: string;
}

/** A model as this run leaves it, with what publishing and later runs need to know. */
export interface Build extends BuiltModel {
  readonly file: string;
  readonly published: boolean;
  readonly liveName: string;
  readonly definitionHash: string;
  readonly inputsHash: string | null;
  readonly inputs: string;
  readonly hiddenInputs: string;
  readonly storeTable: string | null;
  readonly builtRunId: string;
  readonly delta: Delta | null;
  readonly slices: readonly (Slice & { readonly rows: bigint })[];
}

/** Does with one model what the run's plan says, in the caller's transaction. */
export async function buildModel(plan: PlannedModel, context: BuildContext, session: Session): Promise<Build> {
  const started = performance.now();
  const before = context.standing.get(plan.model);
  const built =
    plan.action === 'build' ? await make(plan, context, session) : await keep(plan, before, context, session);
  return { ...built, durationMs: Math.round(performance.now() - started) };
}

async function make(plan: PlannedModel, context: BuildContext, session: Session): Promise<Build> {
  const { run, compiled } = context;
  const model = compiled.live.model(plan.model);
  const schema = buildSchema(model, run.runNo);
  const target = relation(schema, liveNameOf(model));
  const watched = watchStatements(session);
  const making = makingOf(model, plan, context, watched.session);
  try {
    const hooking = { live: relation(liveSchema(model), liveNameOf(model)), compiled: compiled.beside, session };
    await runHooks(model, 'pre_hook', { ...hooking, self: making.standing?.storeTable ?? making.storeTable });
    const made = model.materialized === 'view' ? await makeView(making) : await makeBy(making);
    await session.execute(`create view ${target} as\n${made.select}`);
    const self = made.storeTable ?? target;
    await runHooks(model, 'post_hook', { ...hooking, self });
    await grant(model, target, session);
    const { rows, hash } = await hashMade(made, context.standing.get(plan.model), target, session);
    const sql = await recordedSql(model, made, context);
    const hidden = await hiddenInputs(model, plan, made, context, session);
    return {
      ...described(model, plan),
      status: 'success',
      rows: rows?.toString() ?? null,
      affected: made.affected?.toString() ?? null,
      contentHash: hash,
      sql,
      sqlHash: sha256(sql),
      storeTable: made.storeTable,
      builtRunId: run.runId,
      delta: made.delta,
      slices: made.slices,
      ...(hidden.length > 0 ? { inputsHash: null, hiddenInputs: JSON.stringify(hidden) } : {}),
    };
  } catch (error) {
    throw modelFailed(model, error, { statement: watched.failed(), sql: making.lastSql() });
  }
}

async function makeView(making: Making): Promise<Made> {
  const { sql } = await making.render({ isIncremental: false });
  const select = making.isEmpty ? `select * from (\n${sql}\n) as nothing limit 0` : sql;
  // As in dbt a view's contract is looked at, and its columns stay in their own order.
  await enforceContract(making.model, select, making.session);
  return { select, storeTable: null, delta: null, affected: null, sql, slices: [] };
}

function makeBy(making: Making): Promise<Made> {
  switch (making.model.materialized) {
    case 'table':
      return makeTable(making);
    case 'incremental':
      return makeIncremental(making);
    case 'snapshot':
      return makeSnapshot(making);
    case 'seed':
      return makeSeed(making);
    case 'view':
    case 'ephemeral':
      throw new RangeError(`${making.model.name} is stored nowhere`);
    default:
      return making.model.materialized satisfies never;
  }
}

/** What stands, put into the schemas that the run builds in. */
async function keep(
  plan: PlannedModel,
  before: StandingModel | undefined,
  context: BuildContext,
  session: Session,
): Promise<Build> {
  if (before === undefined) throw new RangeError(`${plan.model} does not stand`);
  const { run, compiled } = context;
  const layer = before.layer === 'staging' ? 'staging' : 'marts';
  const target = relation(buildSchema({ vertical: run.vertical, layer }, run.runNo), before.liveName);
  const isReuse = plan.action === 'reuse';
  const model = isReuse ? compiled.live.model(plan.model) : undefined;
  const select =
    before.storeTable !== null
      ? `select * from ${before.storeTable}`
      : isReuse
        ? (await compiled.beside.renderModel(plan.model, asking(session))).sql
        : await standingQuery(before, run, session);
  await session.execute(`create view ${target} as\n${select}`);
  if (model) await grant(model, target, session);
  return {
    model: before.model,
    resource: before.resource,
    vertical: run.vertical,
    layer: before.layer,
    materialized: before.materialized,
    status: isReuse ? 'no-op' : 'carried',
    reason: plan.reason,
    rows: before.rows,
    affected: null,
    contentHash: before.contentHash,
    durationMs: 0,
    sql: before.sql,
    sqlHash: before.sqlHash,
    templateHash: model?.templateHash ?? before.templateHash,
    dependsOn: before.dependsOn,
    fingerprint: plan.fingerprint,
    relation: relation(liveSchema({ vertical: run.vertical, layer }), before.liveName),
    error: null,
    file: before.file,
    published: model?.published ?? before.published,
    liveName: before.liveName,
    definitionHash: plan.definitionHash,
    inputsHash: plan.inputsHash,
    inputs: JSON.stringify(plan.inputs),
    hiddenInputs: JSON.stringify(before.hiddenInputs),
    storeTable: before.storeTable,
    builtRunId: before.builtRunId ?? before.runId,
    delta: null,
    slices: [],
  };
}

/** A live view's query, with every live relation that it reads in the schemas that the run builds in: Postgres itself reads the names anew. */
async function standingQuery(before: StandingModel, run: RunRef, session: Session): Promise<string> {
  const layers = ['staging', 'marts'] as const;
  const path = (schemas: readonly string[]): string => `set local search_path = ${schemas.map(identifier).join(', ')}`;
  const [live] = [layers.map((layer) => liveSchema({ vertical: run.vertical, layer }))];
  const name = relation(
    liveSchema({ vertical: run.vertical, layer: before.layer === 'staging' ? 'staging' : 'marts' }),
    before.liveName,
  );
  await session.execute(path(live));
  const [row] = await session.query('select pg_get_viewdef($1::regclass) as sql', [name]);
  await session.execute(path(layers.map((layer) => buildSchema({ vertical: run.vertical, layer }, run.runNo))));
  return (row?.['sql'] ?? '').trim().replace(/;$/, '');
}

function makingOf(model: CompiledModel, plan: PlannedModel, context: BuildContext, session: Session): Making {
  const { run, compiled, standing } = context;
  const store = storeSchema(run.vertical);
  let lastSql = '';
  return {
    model,
    plan,
    session,
    storeTable: relation(store, storeName(model.name, run.runNo)),
    deltaTable: relation(store, storeName(model.name, run.runNo, '_delta')),
    standing: standing.get(model.name),
    runClock: context.runClock,
    isEmpty: context.isEmpty,
    root: context.root,
    // What this run has built of it already, else what stands.
    tableOf: async (name) => {
      const own = relation(store, storeName(name, run.runNo));
      const [built] = await session.query('select to_regclass($1) is not null as is_there', [own]);
      return built?.['is_there'] === 't' ? own : (standing.get(name)?.storeTable ?? undefined);
    },
    lastSql: () => lastSql,
    render: async ({ isIncremental = false, batch }) => {
      const rendered = await compiled.beside.renderModel(model.name, {
        ...asking(session),
        isIncremental,
        batch: batch && { start: batch.from, end: batch.to },
      });
      lastSql = rendered.sql;
      return rendered;
    },
  };
}

function asking(session: Session): { readonly ask: (sql: string) => ReturnType<Session['query']> } {
  return { ask: (sql) => session.query(sql) };
}

/** The SQL with the live schemas' names, the same from run to run. */
async function recordedSql(model: CompiledModel, made: Made, { compiled, run }: BuildContext): Promise<string> {
  if (made.sql === '') return '';
  const isPlain = !model.asksWarehouse && !model.asksIncremental && made.slices.length === 0;
  if (isPlain) return (await compiled.live.renderModel(model.name, {})).sql;
  // What the warehouse answered is in it: only the names of the schemas differ.
  return (['staging', 'marts'] as const).reduce((sql, layer) => {
    const names = [
      buildSchema({ vertical: run.vertical, layer }, run.runNo),
      liveSchema({ vertical: run.vertical, layer }),
    ];
    return sql.replaceAll(`${identifier(names[0] as string)}.`, `${identifier(names[1] as string)}.`);
  }, made.sql);
}

/** Rows and content hash of what a model is now; of a table that stands they are carried on from what is put in and taken out. */
async function hashMade(
  { storeTable, delta }: Made,
  before: StandingModel | undefined,
  target: string,
  session: Session,
): Promise<{ readonly rows: bigint | null; readonly hash: string | null }> {
  if (storeTable === null) return { rows: null, hash: null };
  const { contentHash = null, rows = null } = before ?? {};
  if (delta === null || contentHash === null || rows === null) {
    return hashRelation(session, `select * from ${target}`);
  }
  const list = delta.columns.map(identifier).join(', ');
  const added = await hashRelation(session, `select ${list} from ${delta.added}`);
  const removed = await hashRelation(session, removedRows(delta));
  return {
    rows: BigInt(rows) - removed.rows + added.rows,
    hash: addHashes(contentHash, added.hash, removed.hash),
  };
}

async function hiddenInputs(
  model: CompiledModel,
  plan: PlannedModel,
  made: Made,
  { compiled, run }: BuildContext,
  session: Session,
): Promise<readonly string[]> {
  if (made.sql === '') return [];
  const layers = [buildSchema(model, run.runNo), liveSchema(model)];
  const own = layers.map((schema) => relation(schema, liveNameOf(model)));
  return findHiddenInputs(made.sql, [...plan.reads.map((name) => compiled.beside.relation(name)), ...own], session);
}

function described(model: CompiledModel, plan: PlannedModel) {
  return {
    model: model.name,
    resource: model.resource,
    vertical: model.vertical,
    layer: model.layer,
    materialized: model.materialized,
    reason: plan.reason,
    durationMs: 0,
    templateHash: model.templateHash,
    dependsOn: JSON.stringify({ models: model.dependsOn.models, sources: model.dependsOn.sources }),
    fingerprint: plan.fingerprint,
    relation: relation(liveSchema(model), liveNameOf(model)),
    error: null,
    file: model.file,
    published: model.published,
    liveName: liveNameOf(model),
    definitionHash: plan.definitionHash,
    inputsHash: plan.inputsHash,
    inputs: JSON.stringify(plan.inputs),
    hiddenInputs: '[]',
  };
}

/** One that was not built: it failed, or what it reads failed. */
export function notBuilt(
  plan: PlannedModel,
  context: BuildContext,
  why: { readonly reason: string; readonly error?: EngineError; readonly durationMs?: number },
): Build {
  const model = context.compiled.live.model(plan.model);
  return {
    ...described(model, plan),
    status: why.error ? 'error' : 'skipped',
    reason: why.reason,
    rows: null,
    affected: null,
    contentHash: null,
    durationMs: why.durationMs ?? 0,
    sql: model.sql,
    sqlHash: sha256(model.sql),
    inputsHash: null,
    storeTable: null,
    builtRunId: context.run.runId,
    delta: null,
    slices: [],
    error: why.error ? { code: why.error.code, message: why.error.message } : null,
  };
}

function liveNameOf(model: CompiledModel): string {
  return model.config.alias ?? model.name;
}

async function grant(model: CompiledModel, target: string, session: Session): Promise<void> {
  for (const [privilege, roles] of Object.entries(model.config.grants ?? {})) {
    if (privilege.toLowerCase() !== 'select') {
      throw new EngineError('TRANSFORM_CONFIG', `model ${model.name}: grants: only select can be granted on a model`, {
        place: { file: model.file },
      });
    }
    for (const role of roles) {
      const [known] = await session.query('select 1 as one from pg_roles where rolname = $1', [role]);
      if (!known && role !== 'public') {
        throw new EngineError(
          'TRANSFORM_CONFIG',
          `model ${model.name}: grants: the warehouse has no role ${literal(role)}`,
          {
            place: { file: model.file },
          },
        );
      }
      await session.execute(
        `grant usage on schema ${target.split('.')[0]} to ${role === 'public' ? 'public' : identifier(role)}`,
      );
      await session.execute(`grant select on ${target} to ${role === 'public' ? 'public' : identifier(role)}`);
    }
  }
}

/** Remembers which statement failed: Postgres tells a place in it, and people want the place in the model's SQL. */
function watchStatements(session: Session): { readonly session: Session; readonly failed: () => string } {
  let failed = '';
  const execute: Session['execute'] = (sql, values) =>
    session.execute(sql, values).catch((error: unknown) => {
      failed = sql;
      throw error;
    });
  return { session: { ...session, execute }, failed: () => failed };
}

function modelFailed(
  model: CompiledModel,
  error: unknown,
  run: { readonly statement: string; readonly sql: string },
): unknown {
  if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') return error;
  const position = error.database?.position ?? 0;
  const start = run.sql === '' ? -1 : run.statement.indexOf(run.sql);
  const inSql = run.statement === '' ? position : start < 0 ? 0 : position - start;
  const isInSql = inSql > 0 && inSql <= run.sql.length;
  const line = isInSql ? `, at line ${run.sql.slice(0, inSql - 1).split('\n').length} of its compiled SQL` : '';
  const reason = error.database?.reason ?? error.message;
  return new EngineError('TRANSFORM_MODEL_FAILED', `model ${model.name}${line}: ${reason}`, {
    place: { file: model.file },
  });
}
