import type { ColumnSpec, Constraint } from '../../../engine/contracts/model-config.ts';
import type { CompiledModel } from '../../../engine/contracts/model.ts';

/** A column as YAML declares it, in line 7 and on. */
export function column(
  name: string,
  dataType?: string,
  more: { readonly quote?: boolean; readonly constraints?: readonly Constraint[]; readonly line?: number } = {},
): ColumnSpec {
  return {
    name,
    description: undefined,
    dataType,
    constraints: more.constraints ?? [],
    tags: [],
    meta: {},
    quote: more.quote ?? false,
    file: 'sql/shop/shop.yml',
    line: more.line ?? 7,
  };
}

/** A table with an enforced contract. */
export function contracted(
  columns: readonly ColumnSpec[],
  more: Partial<CompiledModel> & { readonly contract?: { enforced: boolean; alias_types?: boolean } } = {},
): CompiledModel {
  const { contract = { enforced: true }, ...rest } = more;
  return {
    name: 'sales',
    resource: 'model',
    vertical: 'shop',
    layer: 'marts',
    file: 'sql/shop/marts/sales.sql',
    description: undefined,
    grain: undefined,
    owner: undefined,
    config: { materialized: 'table', published: false, enabled: true, tags: [], meta: {}, contract },
    columns,
    constraints: [],
    materialized: 'table',
    published: false,
    tags: [],
    dependsOn: { models: [], sources: [], macros: [] },
    asksWarehouse: false,
    asksIncremental: false,
    sql: 'select 1',
    templateHash: '0'.repeat(64),
    ...rest,
  };
}
