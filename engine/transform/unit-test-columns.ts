import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import { describeQuery } from '../warehouse/describe-query.ts';
import { columnsOf } from '../warehouse/relation-columns.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { seedTypes } from './materialize/seed-types.ts';

/** Columns that were found out, by what they are of; a map that several tests share. */
export type KnownColumns = Map<string, Promise<readonly RelationColumn[] | undefined>>;

/** Says what columns a model or a landed table has; undefined when that cannot be known. */
export interface InputColumns {
  readonly of: (name: string) => Promise<readonly RelationColumn[] | undefined>;
  /** The same from a model's definition, whatever stands in the warehouse. */
  readonly defined: (name: string) => Promise<readonly RelationColumn[] | undefined>;
}

/**
 * Columns as they stand in the warehouse; of a model that does not stand there, or whose definition has changed since (`stale`),
 * those that its SQL gives. `standIn` makes an empty table with such columns, for models above it that do not stand either.
 */
export function inputColumns(deps: {
  readonly compiled: CompiledProject;
  readonly session: Session;
  readonly stale: ReadonlySet<string>;
  /** What is known from other tests over the same project and warehouse. */
  readonly known: KnownColumns;
  /** The project's folder, for the files of seeds. */
  readonly root: string | undefined;
  readonly standIn: (name: string, columns: readonly RelationColumn[]) => Promise<string>;
}): InputColumns {
  const { compiled, session } = deps;
  const models = new Map(compiled.models.map((model) => [model.name, model]));
  const once = (key: string, find: () => Promise<readonly RelationColumn[] | undefined>) => {
    const found = deps.known.get(key) ?? find();
    deps.known.set(key, found);
    return found;
  };

  const inWarehouse = (name: string) =>
    once(`standing ${name}`, async () => {
      if (models.get(name)?.materialized === 'ephemeral') return undefined;
      const relation = compiled.relation(name);
      return (await columnsOf(session, [relation])).get(relation);
    });
  const standing = async (name: string) => (deps.stale.has(name) ? undefined : inWarehouse(name));
  const of = async (name: string): Promise<readonly RelationColumn[] | undefined> => {
    const there = await standing(name);
    if (there !== undefined) return there;
    const old = deps.stale.has(name) ? await inWarehouse(name) : undefined;
    return old === undefined ? defined(name) : ((await attempt(() => defined(name), session)) ?? old);
  };
  const defined = (name: string) =>
    once(`defined ${name}`, async () => {
      const model = models.get(name);
      if (model === undefined) return undefined;
      if (model.resource === 'seed') return seedColumns(model, deps.root);
      const columns = await describeModel(model);
      return model.resource === 'snapshot' ? [...columns, ...snapshotColumns(model, columns)] : columns;
    });

  const describeModel = async (model: CompiledModel): Promise<readonly RelationColumn[]> => {
    const replaced = new Map<string, string>();
    for (const parent of [...model.dependsOn.models, ...model.dependsOn.sources]) {
      if ((await standing(parent)) !== undefined) continue;
      const columns = await of(parent);
      if (columns !== undefined) replaced.set(parent, await deps.standIn(parent, columns));
    }
    const { sql } = await compiled.renderModel(model.name, { replaced, ask: (asked) => session.query(asked) });
    return (await describeQuery(session, sql)).map(({ name, type }) => ({ name, type }));
  };
  return { of, defined };
}

/** Undefined where the SQL cannot be described; the transaction goes on. */
export async function attempt<T>(work: () => Promise<T>, session: Session): Promise<T | undefined> {
  await session.execute('savepoint attempted');
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint attempted');
    return undefined;
  }
}

/** As the seed will be loaded: by its `column_types`, else by what its values are. */
function seedColumns(model: CompiledModel, root: string | undefined): readonly RelationColumn[] | undefined {
  if (root === undefined) return undefined;
  const { column_types: given = {}, quote_columns: isQuoted, delimiter = ',' } = model.config;
  const text = readFileSync(join(root, model.file), 'utf8');
  const [header = [], ...rows]: string[][] = parse(text, { bom: true, delimiter, skip_empty_lines: true });
  const types = seedTypes();
  for (const row of rows) types.add(row);
  const declared = new Map(Object.entries(given).map(([name, type]) => [name.toLowerCase(), type]));
  return header.map((written, at) => {
    const name = written.trim();
    return {
      name: isQuoted === false ? name.toLowerCase() : name,
      type: declared.get(name.toLowerCase()) ?? types.of(at),
    };
  });
}

function snapshotColumns(model: CompiledModel, columns: readonly RelationColumn[]): readonly RelationColumn[] {
  const updatedAt = columns.find(({ name }) => name === model.config.updated_at);
  const time = updatedAt?.type ?? 'timestamp without time zone';
  const name = (meta: string): string => model.config.snapshot_meta_column_names?.[meta] ?? meta;
  return [
    { name: name('dbt_scd_id'), type: 'text' },
    { name: name('dbt_updated_at'), type: time },
    { name: name('dbt_valid_from'), type: time },
    { name: name('dbt_valid_to'), type: time },
    ...(model.config.hard_deletes === 'new_record' ? [{ name: name('dbt_is_deleted'), type: 'text' }] : []),
  ];
}

/** The columns as a list in brackets, for `create table`. */
export function columnDdl(columns: readonly RelationColumn[]): string {
  return `(${columns.map(({ name, type }) => `${identifier(name)} ${type}`).join(', ')})`;
}
