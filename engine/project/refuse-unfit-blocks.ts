import { z } from 'zod';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import { CheckSettings } from '../contracts/check.ts';
import type { Config } from '../contracts/config.ts';
import { ModelOptions } from '../contracts/model-config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { SourceConfig } from '../contracts/source.ts';
import { EngineError } from '../errors.ts';
import { levelsOf, nearlyAFolder } from './config-blocks.ts';
import type { ContentFile } from './content-file.ts';
import type { FoundModel } from './load-models.ts';
import { holdsTemplate } from './read-options.ts';

const Named = z.strictObject({
  enabled: z.boolean().optional(),
  tags: z.union([z.string(), z.array(z.string())]).optional(),
  meta: z.record(z.string(), z.unknown()).optional(),
});

const OPTIONS = {
  models: ModelOptions,
  seeds: ModelOptions,
  snapshots: ModelOptions,
  sources: SourceConfig,
  data_tests: CheckSettings,
  exposures: Named,
  unit_tests: Named,
} as const satisfies Partial<Record<keyof Config, z.ZodType>>;
type Block = keyof typeof OPTIONS;
const BLOCKS = Object.keys(OPTIONS) as readonly Block[];

/** A misspelt option of a block of tickmark.yml, or a value that it cannot have, is told where it stands. */
export function refuseUnfitBlocks(yaml: ParsedYaml<Config>): void {
  for (const block of BLOCKS) {
    for (const { path, options } of levelsOf(yaml.value[block], [])) {
      for (const [option, value] of Object.entries(options)) {
        if (!holdsTemplate(value)) yaml.read(OPTIONS[block], [block, ...path], { [option]: value });
      }
    }
  }
}

/**
 * A folder's name in a block that is nobody's, but nearly a folder's, is told: its options would hold for nothing, without a word. One
 * that is nothing like any is let be, as dbt does.
 */
export function refuseMisspeltFolders(
  yaml: ParsedYaml<Config>,
  content: readonly ContentFile[],
  { models, sources }: { readonly models: readonly FoundModel[]; readonly sources: readonly DeclaredSource[] },
): void {
  const folders = new Set([...content.flatMap((file) => file.folders), ...sources.map(({ source }) => source)]);
  const known = new Set([
    ...folders,
    ...models.map(({ model }) => model.name),
    ...sources.map(({ name }) => name),
    yaml.value.name,
    ...Object.keys(yaml.value.verticals),
    ...content.flatMap((file) => file.package ?? []),
  ]);
  for (const block of BLOCKS) {
    const slip = nearlyAFolder(yaml.value[block], known, [...folders]);
    if (slip === undefined) continue;
    const path = [block, ...slip.path];
    const message = `${path.join('.')}: there is no '${slip.path.at(-1) ?? ''}'${slip.guess}`;
    throw new EngineError('CONFIG_INVALID', message, { place: yaml.place(path) });
  }
}
