import { columnLineage } from '../../../engine/lineage/column-lineage.ts';
import type { ModelLineage } from '../../../engine/lineage/model-lineage.ts';
import type { CompiledModel } from '../../../engine/contracts/model.ts';

/** A model of the given SQL, with every other field as a plain model has it. */
export function modelOf(name: string, sql: string, given: Partial<CompiledModel> = {}): CompiledModel {
  return {
    name,
    resource: 'model',
    vertical: 'v',
    layer: 'marts',
    file: `sql/v/${name}.sql`,
    description: undefined,
    grain: undefined,
    owner: undefined,
    config: { materialized: 'table', published: false, enabled: true, tags: [], meta: {} },
    columns: [],
    constraints: [],
    materialized: 'table',
    published: false,
    tags: [],
    dependsOn: { models: [], sources: [], macros: [] },
    asksWarehouse: false,
    asksIncremental: false,
    sql,
    templateHash: '0'.repeat(64),
    ...given,
  };
}

/** The lineage of one query over tables of which `columns` tells what is known. */
export async function traceSql(
  sql: string,
  columns: Readonly<Record<string, readonly string[]>>,
): Promise<ModelLineage> {
  const [lineage] = await columnLineage({
    compiled: { models: [modelOf('m', sql)], relation: (name) => `"v"."${name}"` },
    sources: [],
    columnsOf: (relation) => columns[relation.replaceAll('"', '').replace(/^s\./, '')] ?? null,
  });
  if (lineage === undefined) throw new Error('no lineage');
  return lineage;
}
