import type { Config } from '../contracts/config.ts';
import type { ModelFile, ModelResource } from '../contracts/model.ts';
import { blockOptions } from './config-blocks.ts';
import type { ModelDescription } from './describe-models.ts';
import { NOTHING_SAID } from './load-models.ts';
import type { FoundModel } from './load-models.ts';

const BLOCKS = { model: 'models', seed: 'seeds', snapshot: 'snapshots' } as const satisfies Record<
  ModelResource,
  keyof Config
>;

/** The models with what tickmark.yml and YAML say of them, low to high. */
export function withProperties(
  found: readonly FoundModel[],
  descriptions: ReadonlyMap<string, ModelDescription>,
  config: Config,
): readonly ModelFile[] {
  return found.map(({ model, blockPath }) => {
    const said = descriptions.get(model.name);
    const block = config[BLOCKS[model.resource]];
    // A block may name the folder of all seeds or snapshots, or leave it out, as dbt does.
    const roots = [config.name, model.vertical, ...(model.resource === 'model' ? [] : [BLOCKS[model.resource]])];
    const options = [...blockOptions(block, roots, blockPath), ...(said?.options ?? [])];
    if (said === undefined)
      return { ...model, properties: options.length === 0 ? NOTHING_SAID : { ...NOTHING_SAID, options } };
    const { description, columns, constraints, file, line } = said;
    return { ...model, properties: { description, columns, constraints, options, file, line } };
  });
}
