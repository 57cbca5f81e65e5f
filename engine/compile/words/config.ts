import { wordFailure } from '../../jinja/word-failure.ts';
import type { ModelConfig } from '../../contracts/model-config.ts';
import { readModelOptions } from '../model-options.ts';
import { resolveConfig } from '../resolve-config.ts';
import type { Scene, Stage } from '../scene.ts';
import { nameArguments, splitArguments } from './arguments.ts';
import { plain } from './plain.ts';

/** `config(...)`, which says a model's options, and `config.get`, which asks for them. */
export function configWord(stage: Stage): unknown {
  return Object.assign((...given: unknown[]) => say(given, stage.scene()), {
    get: (...given: unknown[]): unknown => {
      const { name, default: otherwise = null } = nameArguments('config.get', ['name', 'default', 'validator'], given);
      return asked(String(plain(name)), stage.scene()) ?? otherwise;
    },
    require: (...given: unknown[]): unknown => {
      const scene = stage.scene();
      const name = String(plain(nameArguments('config.require', ['name', 'validator'], given)['name']));
      const value = asked(name, scene);
      if (value === undefined && scene.execute) {
        throw wordFailure(
          'COMPILE_TEMPLATE',
          `config.require: ${scene.model?.file.name ?? 'this'} has no option '${name}'`,
        );
      }
      return value ?? '';
    },
    meta_get: (...given: unknown[]): unknown => {
      const { name, default: otherwise = null } = nameArguments(
        'config.meta_get',
        ['name', 'default', 'validator'],
        given,
      );
      return meta(stage.scene())[String(plain(name))] ?? otherwise;
    },
    meta_require: (...given: unknown[]): unknown => {
      const scene = stage.scene();
      const name = String(plain(nameArguments('config.meta_require', ['name', 'validator'], given)['name']));
      const value = meta(scene)[name];
      if (value === undefined && scene.execute) {
        throw wordFailure(
          'COMPILE_TEMPLATE',
          `config.meta_require: ${scene.model?.file.name ?? 'this'} has no meta '${name}'`,
        );
      }
      return value ?? '';
    },
    persist_relation_docs: (): boolean => configOf(stage.scene())?.persist_docs?.['relation'] ?? false,
    persist_column_docs: (): boolean => configOf(stage.scene())?.persist_docs?.['columns'] ?? false,
  });
}

function say(given: readonly unknown[], scene: Scene): string {
  const { positional, named } = splitArguments(given);
  const [options = {}, ...more] = positional;
  if (typeof options !== 'object' || options === null || Array.isArray(options) || more.length > 0) {
    throw wordFailure('COMPILE_TEMPLATE', "config takes named options, such as config(materialized='table')");
  }
  const said = { ...entriesOf(options), ...named };
  scene.said.push(plain(said) as Record<string, unknown>);
  // Once it is known what the config is, it has been read.
  if (scene.model && scene.model.config === undefined)
    scene.options.push(readModelOptions(scene.model.file.layer, said));
  return '';
}

/** A dict of a template is one of its own, or an object. */
function entriesOf(options: object): Record<string, unknown> {
  if ('entries' in options && typeof options.entries === 'function') {
    return Object.fromEntries((options.entries as () => Iterable<[string, unknown]>)());
  }
  return options as Record<string, unknown>;
}

function asked(name: string, scene: Scene): unknown {
  scene.spoken.looksAround = true;
  const config: Readonly<Record<string, unknown>> = { ...configOf(scene) };
  return config[name.replaceAll('-', '_')] ?? meta(scene)[name];
}

function meta(scene: Scene): Readonly<Record<string, unknown>> {
  scene.spoken.looksAround = true;
  return configOf(scene)?.meta ?? {};
}

/** What is known of the model's own config: while it is heard, what has been said so far. */
export function configOf({ model, outside, options }: Scene): ModelConfig | undefined {
  return model === undefined ? undefined : (model.config ?? resolveConfig(model.file, [...outside, ...options]));
}
