import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { uniqueIds } from '../../../engine/artifacts/unique-ids.ts';
import { columnLineage } from '../../../engine/lineage/column-lineage.ts';
import { siteFiles } from '../../../web/docs/site-files.ts';
import { openSample } from '../../engine/artifacts/open-sample.ts';

/** The site of the small project in test/engine/artifacts/project, after a build in which one model and one check failed. */
export async function sampleSite(root?: string): Promise<ReadonlyMap<string, string>> {
  const { project, compiled } = openSample(root);
  const columns = new Map([
    [
      '"shop"."raw_customers"',
      [
        { name: 'customer_id', type: 'integer' },
        { name: 'name', type: 'text' },
      ],
    ],
  ]);
  const lineage = await columnLineage({
    compiled,
    sources: project.sources.map(({ source, name }) => `${source}.${name}`),
    columnsOf: (relation) => columns.get(relation)?.map(({ name }) => name) ?? null,
  });
  const ids = uniqueIds(project);
  const failed = project.checks.find(({ test }) => test?.name === 'is_even');
  const results = new Map([
    [ids.relation('stg_sales') ?? '', { status: 'success' }],
    [ids.relation('customer_totals') ?? '', { status: 'error' }],
    [ids.check(failed?.id ?? '') ?? '', { status: 'fail' }],
  ]);
  const generatedAt = '2026-11-22T12:00:00.000Z';
  return new Map(siteFiles({ project, compiled, lineage, columns, results, generatedAt, toolVersion: '0.1.0' }));
}

export function writeSite(files: ReadonlyMap<string, string>, directory: string): void {
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
}
