import type { ModelConfig, ModelOptions } from '../contracts/model-config.ts';
import type { ModelFile } from '../contracts/model.ts';
import type { Place } from '../errors.ts';
import { atPlace } from '../jinja/template-error.ts';
import { evaluate } from './evaluate.ts';
import { readModelOptions } from './model-options.ts';
import type { ParsedProject } from './parse-project.ts';
import { dependenciesOf, playAlone, renderTemplate } from './render-scene.ts';
import type { Setting } from './render-scene.ts';
import type { Rendered } from './compile-project.ts';
import { resolveConfig } from './resolve-config.ts';
import { nothingSpoken } from './scene.ts';
import type { Spoken, World } from './scene.ts';

/** What a model's first rendering told: dbt's parsing, in which nothing is known yet of the other models. */
export interface Heard {
  readonly config: ModelConfig;
  readonly dependsOn: Rendered['dependsOn'];
  /** References that are made only when `is_incremental()`. */
  readonly incrementalModels: readonly string[];
  readonly spoken: Spoken;
  /** As it is for a build from nothing, when nothing of other models changes it. */
  readonly sql: string;
}

const NOTHING = { models: [], sources: [], macros: [] } as const;

/** Renders every model once to hear its config and what it refers to. */
export function hearModels(parsed: ParsedProject, world: World): ReadonlyMap<string, Heard> {
  return new Map(parsed.project.models.map((file) => [file.name, hear(file, parsed, world)]));
}

function hear(file: ModelFile, parsed: ParsedProject, world: World): Heard {
  const { templates, stage } = parsed;
  const template = templates.get(file.name);
  const known = world.models.get(file.name);
  const setting: Setting = {
    world,
    model: known,
    outside: [],
    execute: false,
    self: known?.self,
    how: {},
    allowed: undefined,
    ephemeralInline: undefined,
  };
  const outside = optionsOutside(file, parsed, setting);
  if (template === undefined) {
    return {
      config: resolveConfig(file, outside),
      dependsOn: NOTHING,
      incrementalModels: [],
      spoken: nothingSpoken(),
      sql: '',
    };
  }
  const run = renderTemplate(template);
  const played = playAlone(run, { ...setting, outside }, stage);
  const { spoken, options } = played.scene;
  return {
    config: resolveConfig(file, [...outside, ...options]),
    dependsOn: dependenciesOf(played),
    incrementalModels: spoken.asksIncremental ? onlyIncremental() : [],
    spoken,
    sql: played.sql,
  };

  /** dbt knows these only when they are met in a build, and fails there; here they are known, so that the order is right. */
  function onlyIncremental(): readonly string[] {
    const found = new Set<string>();
    try {
      const again = playAlone(run, { ...setting, outside, how: { isIncremental: true } }, stage);
      for (const name of again.scene.spoken.models) found.add(name);
    } catch {
      // What the other branch does with answers that are not there yet says nothing: it is rendered in earnest when it is built.
      return [];
    }
    return [...found].filter((name) => name !== file.name && !spoken.models.has(name));
  }
}

/** What YAML and tickmark.yml say, with its templates run, read by the same rules as `config(...)`. */
function optionsOutside(file: ModelFile, { engine, stage }: ParsedProject, setting: Setting): readonly ModelOptions[] {
  const { properties, layer } = file;
  const place: Place =
    properties.file === undefined ? { file: file.file } : { file: properties.file, line: properties.line };
  return properties.options.map((each) => {
    const options: ModelOptions[] = [];
    playAlone(
      () =>
        atPlace(place, () => {
          options.push(readModelOptions(layer, run(each)));
          return '';
        }),
      setting,
      stage,
    );
    return options[0] ?? {};
  });

  function run(said: Readonly<Record<string, unknown>>): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(said).map(([name, value]) => [
        name,
        runsLater(name) ? value : asBoolean(evaluate(value, engine, { place, calls: false })),
      ]),
    );
  }
}

/** A hook is a template of its own, which is rendered when it runs. */
function runsLater(name: string): boolean {
  return /^(?:pre|post)[-_]hook$/.test(name);
}

/** Templates give texts where YAML would have a boolean. */
function asBoolean(value: unknown): unknown {
  return value === 'true' || value === 'True' ? true : value === 'false' || value === 'False' ? false : value;
}
