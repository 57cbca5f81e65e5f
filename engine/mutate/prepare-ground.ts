import { compileCopy, readsOf, readsThrough } from './compile-copy.ts';
import type { CompileWords } from './compile-copy.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { DeclaredSource, Project } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { literal, relation } from '../sql-text.ts';
import { liveSchema } from '../warehouse/model-schema.ts';
import { columnsOf } from '../warehouse/relation-columns.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { buildModel } from './build-model.ts';
import { copyTable } from './copy-table.ts';
import { contentOf } from './ground.ts';
import type { Content, Ground, ScratchTable } from './ground.ts';
import { scratchSchemas } from './scratch-schemas.ts';
import type { ScratchSchemas } from './scratch-schemas.ts';

/** What a ground is made of. */
export interface GroundInput {
  readonly project: Project;
  readonly vertical: string;
  readonly words: CompileWords;
  /** Compiled as it is live. */
  readonly live: CompiledProject;
  readonly seed: string;
}

/**
 * Copies a vertical's landed tables, seeds and snapshots as they stand, with the models of other verticals that it reads, and builds its
 * own models on them, all as tables.
 */
export async function prepareGround(
  input: GroundInput,
  deps: { readonly warehouse: Warehouse; readonly session: Session },
): Promise<Ground> {
  const { session, warehouse } = deps;
  for (const setting of SETTINGS) await session.execute(`set local ${setting}`);
  const schemas = await scratchSchemas(session);
  const { models } = input.live;
  const own = models.filter(({ vertical, layer, materialized }) => {
    return vertical === input.vertical && layer !== 'engagement' && materialized !== 'ephemeral';
  });
  const through = readsThrough(models);
  const reads = new Map(own.map((model) => [model.name, through(readsOf(model))]));
  const originals = findOriginals(input, own, new Set([...reads.values()].flat()));
  // Ended when all is copied: nothing live stays locked.
  const copies = await warehouse.transaction((reader) => copyAll(originals, schemas, { reader, writer: session }), {
    readOnly: true,
  });
  const compiled = await compileOn(input, copies, own, schemas);
  const built = await buildAll(own, compiled, session);
  const tables = [...copies.filter(({ original }) => !original.isForeign), ...built].map((table, at) => ({
    ...table,
    order: relation(schemas.orders, `order_${at}`),
  }));
  const contents = new Map<string, Content>();
  for (const table of tables) {
    contents.set(table.name, await contentOf(table, session));
    await orderRows(table, input.seed, session);
  }
  return { session, compiled, tables, reads, contents };
}

const SETTINGS = [
  'jit = off',
  'synchronous_commit = off',
  // A copy is read in the order in which it was written.
  'synchronize_seqscans = off',
  'max_parallel_workers_per_gather = 0',
  `work_mem = '64MB'`,
  `statement_timeout = '600s'`,
  `idle_in_transaction_session_timeout = '10min'`,
];

/** Something that is copied as it stands. */
interface Original {
  readonly name: string;
  readonly live: string;
  readonly declared: DeclaredSource | undefined;
  /** Where it stands, and its name there. */
  readonly schema: string;
  readonly identifier: string;
  /** Of another vertical: read, and never spoilt. */
  readonly isForeign: boolean;
  readonly isRead: boolean;
}

function findOriginals(
  { project, vertical, live }: GroundInput,
  own: readonly CompiledModel[],
  read: ReadonlySet<string>,
): readonly Original[] {
  const landed = project.sources.flatMap((declared): Original[] => {
    const name = `${declared.source}.${declared.name}`;
    if (declared.vertical !== vertical && !read.has(name)) return [];
    const at = { schema: `raw_${declared.source}`, identifier: declared.name, isRead: read.has(name) };
    return [{ name, live: live.relation(name), declared, ...at, isForeign: declared.vertical !== vertical }];
  });
  const foreign = live.models.filter((model) => model.vertical !== vertical && read.has(model.name));
  const models = [...own.filter(isCopied), ...foreign].map((model): Original => {
    const at = { schema: liveSchema(model), identifier: model.config.alias ?? model.name, isRead: true };
    const isForeign = model.vertical !== vertical;
    return { name: model.name, live: live.relation(model.name), declared: undefined, ...at, isForeign };
  });
  return [...landed, ...models];
}

/** What a model is does not follow from what it reads now: it comes from a file, or from what it was before. */
function isCopied({ materialized }: CompiledModel): boolean {
  return materialized === 'seed' || materialized === 'snapshot';
}

type Unordered = Omit<ScratchTable, 'order'>;
type Copy = Unordered & { readonly original: Original; readonly at: { schema: string; identifier: string } };

async function copyAll(
  originals: readonly Original[],
  schemas: ScratchSchemas,
  sessions: { readonly reader: Session; readonly writer: Session },
): Promise<readonly Copy[]> {
  const stands = await columnsOf(
    sessions.reader,
    originals.map(({ live }) => live),
  );
  const copies: Copy[] = [];
  for (const original of originals) {
    const { name, live, declared } = original;
    const columns = stands.get(live);
    if (columns === undefined && !original.isRead) continue;
    if (columns === undefined)
      throw new EngineError('MUTATE_NOT_BUILT', `${name} does not stand in the warehouse: there is no ${live}`);
    const at = { schema: await schemas.of(original.schema), identifier: original.identifier };
    const copy = relation(at.schema, at.identifier);
    await copyTable({ live, columns }, copy, sessions);
    await sessions.writer.execute(`analyze ${copy}`);
    const own = declared === undefined ? [] : ['_run_no'];
    copies.push({ name, copy, columns, own, key: declared?.key ?? [], made: 'copied', original, at });
  }
  return copies;
}

async function compileOn(
  { project, vertical, words }: GroundInput,
  copies: readonly Copy[],
  own: readonly CompiledModel[],
  schemas: ScratchSchemas,
): Promise<CompiledProject> {
  const modelSchemas = new Map<string, string>();
  for (const model of own) modelSchemas.set(liveSchema(model), await schemas.of(liveSchema(model)));
  const deferred = copies.filter(({ original }) => original.isForeign && original.declared === undefined);
  return compileCopy(project, {
    vertical,
    words: { ...words, deferred: Object.fromEntries(deferred.map(({ name, copy }) => [name, copy])) },
    liveSchema,
    modelSchema: (model) => modelSchemas.get(liveSchema(model)) ?? liveSchema(model),
    landed: new Map(copies.filter(({ original }) => original.declared).map(({ name, at }) => [name, at])),
  });
}

async function buildAll(
  own: readonly CompiledModel[],
  compiled: CompiledProject,
  session: Session,
): Promise<readonly Unordered[]> {
  const built: Unordered[] = [];
  for (const { name } of own.filter((model) => !isCopied(model))) {
    const copy = compiled.relation(name);
    await buildModel(compiled.model(name), { copy, compiled, session, isNew: true });
    const columns = (await columnsOf(session, [copy])).get(copy) ?? [];
    built.push({ name, copy, columns, own: [], key: [], made: 'built' });
  }
  return built;
}

/** The order in which a fault chooses rows: the seed's, and the same whatever order they were written in. */
async function orderRows({ copy, order }: ScratchTable, seed: string, session: Session): Promise<void> {
  await session.execute(
    `create unlogged table ${order} as
select t.ctid as at, row_number() over (order by md5(${literal(seed)} || t::text), t::text) as n from ${copy} as t`,
  );
  await session.execute(`analyze ${order}`);
}
