import type { z } from 'zod';
import type { ParsedYaml } from '../config/parse-yaml.ts';
import { ModelOptions } from '../contracts/model-config.ts';
import { optionName } from './config-blocks.ts';
import type { Path } from './properties-file.ts';

type Options = Readonly<Record<string, unknown>>;

/**
 * The options under a `config:`, named as ModelOptions names them and otherwise as written. A misspelt one, or a value that cannot
 * be, is an error here, where its place is known; what holds a template is looked into when it has been rendered.
 */
export function readOptions(
  config: Options,
  yaml: ParsedYaml<unknown>,
  path: Path,
  schema: z.ZodType = ModelOptions,
): Options {
  const named = Object.fromEntries(Object.entries(config).map(([key, value]) => [optionName(key), value]));
  const plain = Object.fromEntries(Object.entries(named).filter(([, value]) => !holdsTemplate(value)));
  yaml.read(schema, path, plain);
  return named;
}

export function holdsTemplate(value: unknown): boolean {
  if (typeof value === 'string') return /\{\{|\{%/.test(value);
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(value).some(holdsTemplate);
}
