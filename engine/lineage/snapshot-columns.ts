import type { ModelConfig } from '../contracts/model-config.ts';
import { changed, combine, NOTHING } from './flow.ts';
import type { Flow } from './flow.ts';
import { findColumn } from './shape.ts';
import type { Shape } from './shape.ts';

/** The columns that a snapshot adds to its query's: when a row began and ended to be so. */
export function snapshotColumns(config: ModelConfig, shape: Shape): { readonly name: string; readonly flow: Flow }[] {
  const { strategy, updated_at: updatedAt, unique_key: key = [], hard_deletes: deletes } = config;
  const of = (names: readonly string[]): Flow =>
    combine([NOTHING, ...names.map((name) => findColumn(shape, name)?.flow ?? NOTHING)]);
  const moment = strategy === 'timestamp' && updatedAt !== undefined ? of([updatedAt]) : NOTHING;
  const columns = [
    { name: 'dbt_scd_id', flow: changed(combine([of(key), moment]), 'derived') },
    { name: 'dbt_updated_at', flow: moment },
    { name: 'dbt_valid_from', flow: moment },
    { name: 'dbt_valid_to', flow: changed(moment, 'derived') },
    ...(deletes === 'new_record' ? [{ name: 'dbt_is_deleted', flow: NOTHING }] : []),
  ];
  const renamed = config.snapshot_meta_column_names ?? {};
  return columns.map((column) => ({ ...column, name: renamed[column.name] ?? column.name }));
}
