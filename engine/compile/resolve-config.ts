import type { ModelConfig, ModelOptions } from '../contracts/model-config.ts';
import type { ModelFile } from '../contracts/model.ts';

/** What all places say of a model, as one: `said` goes from the least to the most that counts. Tags, meta and hooks add up, as in dbt; of the others the last one counts. */
export function resolveConfig(file: ModelFile, said: readonly ModelOptions[]): ModelConfig {
  const options: ModelOptions = {};
  const tags: string[] = [];
  const before: NonNullable<ModelOptions['pre_hook']> = [];
  const after: NonNullable<ModelOptions['post_hook']> = [];
  let meta: Readonly<Record<string, unknown>> = {};
  for (const each of said) {
    Object.assign(options, each);
    tags.push(...(each.tags ?? []));
    before.push(...(each.pre_hook ?? []));
    after.push(...(each.post_hook ?? []));
    meta = { ...meta, ...each.meta };
  }
  return {
    ...options,
    ...(before.length > 0 && { pre_hook: before }),
    ...(after.length > 0 && { post_hook: after }),
    materialized: materializedAs(file, options),
    published: options.published ?? false,
    enabled: options.enabled ?? true,
    tags: [...new Set(tags)],
    meta,
  };
}

/** A seed and a snapshot are what they are, whatever a folder of theirs says of models. */
function materializedAs({ resource, layer }: ModelFile, { materialized }: ModelOptions): ModelConfig['materialized'] {
  if (resource !== 'model') return resource;
  return materialized ?? (layer === 'marts' ? 'table' : 'view');
}
