import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CompiledModel } from '../contracts/model.ts';
import type { ModelConfig } from '../contracts/model-config.ts';

/** Options that say how a model is built; the others only describe it, or say who may read it. */
const BUILDING = [
  'materialized',
  'alias',
  'contract',
  'indexes',
  'pre_hook',
  'post_hook',
  'grants',
  'unlogged',
  'unique_key',
  'incremental_strategy',
  'merge_update_columns',
  'merge_exclude_columns',
  'incremental_predicates',
  'partition_by',
  'event_time',
  'begin',
  'batch_size',
  'strategy',
  'updated_at',
  'check_cols',
  'hard_deletes',
  'invalidate_hard_deletes',
  'dbt_valid_to_current',
  'snapshot_meta_column_names',
  'column_types',
  'quote_columns',
  'delimiter',
  'decimals',
] as const satisfies readonly (keyof ModelConfig)[];

/** SHA-256 over everything that decides what a model's rows are, given its inputs: two models with one hash are built alike. */
export async function defineModel(model: CompiledModel, compiled: CompiledProject): Promise<string> {
  const incremental = model.asksIncremental && !model.asksWarehouse;
  const definition = {
    sql: model.sql,
    incrementalSql: incremental ? await incrementalSql(model, compiled) : null,
    // What the warehouse will answer is not known yet, so the question itself is what counts; and a seed has no SQL.
    template: model.asksWarehouse || model.resource === 'seed' ? model.templateHash : null,
    options: Object.fromEntries(BUILDING.map((name) => [name, model.config[name] ?? null])),
    contract: model.config.contract?.enforced
      ? {
          columns: model.columns.map(({ name, dataType, constraints }) => [name, dataType ?? null, constraints]),
          constraints: model.constraints,
        }
      : null,
    types: model.resource === 'seed' ? model.columns.map(({ name, dataType }) => [name, dataType ?? null]) : null,
  };
  return hash('sha256', canonicalize(JSON.parse(JSON.stringify(definition))) ?? '');
}

/** The SQL of a run upon what stands. Where that asks the warehouse (`max(at) of this`), the template and the question stand for it. */
async function incrementalSql(model: CompiledModel, compiled: CompiledProject): Promise<string> {
  let question: string | undefined;
  const ask = (sql: string): Promise<never> => {
    question = sql;
    return Promise.reject(new Error('a definition asks nothing'));
  };
  try {
    return (await compiled.renderModel(model.name, { isIncremental: true, ask })).sql;
  } catch (error) {
    if (question === undefined) throw error;
    return `${model.templateHash} ${question}`;
  }
}
