import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileProject } from '../../../engine/compile/compile-project.ts';
import { columnLineage } from '../../../engine/lineage/column-lineage.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { liveSchema } from '../../../engine/warehouse/model-schema.ts';
import { describeLineage } from './describe-lineage.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Where every column comes from, model by model, held against the SQL by hand: `example-lineage.txt`. */
const written = readFileSync(new URL('example-lineage.txt', import.meta.url), 'utf8');

test('every column of every model of the example is traced, without a catalog', async () => {
  const project = loadProject(root);
  const compiled = compileProject(project, {
    vars: {},
    env: {},
    schemaOf: liveSchema,
    target: { name: 'warehouse' },
    runClock: '2026-11-22T12:00:00.000Z',
    invocationId: '1d3e3a4e-57a8-4f3e-9a4c-0d2f3c2b1a00',
  });
  const sources = project.sources.map(({ source, name }) => `${source}.${name}`);
  const lineage = await columnLineage({ compiled, sources, columnsOf: () => null });
  const text = lineage
    .toSorted((a, b) => (a.model < b.model ? -1 : 1))
    .map((each) => [`# ${each.model}`, ...describeLineage(each)].join('\n'))
    .join('\n\n');
  expect(`${text}\n`).toBe(written);
});
