import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

/** How dbt reached its warehouse; never its password. */
export interface DbtConnection {
  readonly type: string;
  readonly host: string | undefined;
  readonly port: string | undefined;
  readonly user: string | undefined;
  readonly database: string | undefined;
  readonly schema: string | undefined;
}

/** The default target of a profile, from the first profiles.yml of the folders that has it. */
export function readProfile(profile: string | undefined, folders: readonly string[]): DbtConnection | undefined {
  if (profile === undefined) return undefined;
  for (const folder of folders) {
    const path = join(folder, 'profiles.yml');
    if (!existsSync(path)) continue;
    const output = targetOf(readYaml(path), profile);
    if (output === undefined) continue;
    const text = (...keys: string[]): string | undefined => {
      const value = keys.map((key) => output[key]).find((each) => typeof each === 'string' || typeof each === 'number');
      return value === undefined ? undefined : String(value);
    };
    return {
      type: text('type') ?? 'unknown',
      host: text('host'),
      port: text('port'),
      user: text('user'),
      database: text('dbname', 'database'),
      schema: text('schema'),
    };
  }
  return undefined;
}

function targetOf(file: unknown, profile: string): Record<string, unknown> | undefined {
  const outputs = at(at(file, profile), 'outputs');
  const target = at(at(file, profile), 'target');
  const chosen = typeof target === 'string' && !target.includes('{{') ? at(outputs, target) : undefined;
  const first = typeof outputs === 'object' && outputs !== null ? Object.values(outputs)[0] : undefined;
  const found = chosen ?? first;
  return typeof found === 'object' && found !== null ? (found as Record<string, unknown>) : undefined;
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'), { logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}
