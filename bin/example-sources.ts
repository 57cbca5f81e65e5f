import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

const ExampleSource = z.strictObject({
  database: z.string().regex(/^[a-z][a-z0-9_]*$/),
  schema: z.string(),
  reader: z.string().regex(/^[a-z][a-z0-9_]*$/),
  load: z.array(z.strictObject({ table: z.string(), file: z.string() })),
});

/** A database that plays a source system on the embedded server, as `examples/<name>/source.yml` describes it. */
export type ExampleSource = z.output<typeof ExampleSource> & { readonly folder: string };

/** The example sources that a project brings along; none in a project of one's own. */
export function exampleSources(root: string): ExampleSource[] {
  const examples = join(root, 'examples');
  if (!existsSync(examples)) return [];
  return readdirSync(examples, { withFileTypes: true })
    .map(({ name }) => join(examples, name))
    .filter((folder) => existsSync(join(folder, 'source.yml')))
    .map((folder) => ({ ...ExampleSource.parse(parse(readFileSync(join(folder, 'source.yml'), 'utf8'))), folder }));
}
