import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isMap, isScalar, parse, visit } from 'yaml';
import { keyOf } from './convert-properties.ts';
import { pairOf } from './dbt-project.ts';
import type { DbtProject } from './dbt-project.ts';
import { listFiles } from './list-files.ts';

/** Schemas that dbt may have put seeds into: the target's own, and the custom ones under both of the usual ways to name them. */
export function seedSchemas(project: DbtProject, vertical: string): ReadonlySet<string> {
  const found = new Set([vertical]);
  const seeds = pairOf(project.top, 'seeds')?.value;
  if (!isMap(seeds)) return found;
  visit(seeds, {
    Pair: (_, pair) => {
      if (!/^\+?schema$/.test(keyOf(pair as never)) || !isScalar(pair.value)) return;
      const schema = String(pair.value.value);
      found.add(schema).add(`${vertical}_${schema}`);
    },
  });
  return found;
}

/** Schemas that sources are declared in, where they are written out; without a schema it is the source's name. */
export function sourceSchemas(project: DbtProject): ReadonlySet<string> {
  const schemas = new Set<string>();
  const seeds = new Set(
    project.paths.seed.flatMap((folder) =>
      listFiles(join(project.root, folder)).map((path) => (path.split('/').at(-1) ?? '').replace(/\.csv$/, '')),
    ),
  );
  for (const folder of project.paths.model) {
    for (const path of listFiles(join(project.root, folder))) {
      if (!/\.ya?ml$/.test(path)) continue;
      for (const source of sourcesOf(join(project.root, folder, path))) {
        const { name, schema, tables } = source;
        // What the project's own seeds make is no source of anybody else's.
        if (tables.length > 0 && tables.every((table) => seeds.has(table))) continue;
        schemas.add(schema ?? name);
      }
    }
  }
  return schemas;
}

interface NamedSource {
  readonly name: string;
  readonly schema: string | undefined;
  readonly tables: readonly string[];
}

function sourcesOf(path: string): readonly NamedSource[] {
  const file = readYaml(path);
  return listOf(file, 'sources').map((source) => ({
    name: text(source, 'name') ?? '',
    schema: text(source, 'schema'),
    tables: listOf(source, 'tables').map((table) => text(table, 'identifier') ?? text(table, 'name') ?? ''),
  }));
}

function listOf(value: unknown, key: string): readonly unknown[] {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return Array.isArray(found) ? found : [];
}

function text(value: unknown, key: string): string | undefined {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function readYaml(path: string): unknown {
  try {
    return parse(readFileSync(path, 'utf8'), { merge: true, logLevel: 'silent' }) as unknown;
  } catch {
    return undefined;
  }
}
