import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';

/** The whole YAML library, when it is first needed: its 70 files take longer to load than a command over a small project to run. */
export function loadYaml(): typeof Yaml {
  return createRequire(import.meta.url)('yaml') as typeof Yaml;
}
