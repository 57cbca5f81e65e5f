import { z } from 'zod';
import { loadYaml } from '../engine/config/load-yaml.ts';
import type { Vars } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';

const Given = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Reads `--vars`: YAML or JSON, as dbt takes it, or `name=value` pairs with commas between them. Types are checked by the project. */
export function parseVars(text: string | undefined): Vars {
  if (text === undefined || text.trim() === '') return {};
  if (/^\s*[A-Za-z_]\w*=/.test(text)) {
    return Object.fromEntries(
      text.split(',').map((pair): [string, string] => {
        const at = pair.indexOf('=');
        if (at < 1) throw new EngineError('COMPILE_VAR', '--vars: expected name=value pairs with commas between them');
        return [pair.slice(0, at).trim(), pair.slice(at + 1).trim()];
      }),
    );
  }
  let value: unknown;
  try {
    // Dates and times stay text; numbers that a double cannot hold must be given in quotes.
    value = loadYaml().parse(text, { schema: 'core' });
  } catch {
    throw new EngineError('COMPILE_VAR', '--vars is not valid YAML or JSON');
  }
  const given = Given.safeParse(value);
  if (!given.success) throw new EngineError('COMPILE_VAR', '--vars: expected an object of names and plain values');
  return given.data;
}
