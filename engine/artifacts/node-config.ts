import type { CompiledModel } from '../contracts/model.ts';
import type { CheckDefinition } from '../contracts/check.ts';

/** A model's config with every key that dbt writes, and ours behind them. */
export function modelConfig({ config, resource }: Pick<CompiledModel, 'config' | 'resource'>): Record<string, unknown> {
  const { pre_hook: before, post_hook: after, docs, contract, ...given } = config;
  const hook = ({ sql }: { sql: string }): Record<string, unknown> => ({ sql, transaction: true, index: null });
  return {
    alias: null,
    schema: null,
    database: null,
    group: null,
    static_analysis: null,
    incremental_strategy: null,
    batch_size: null,
    lookback: 1,
    begin: null,
    persist_docs: {},
    'post-hook': (after ?? []).map(hook),
    'pre-hook': (before ?? []).map(hook),
    quoting: {},
    column_types: {},
    full_refresh: null,
    unique_key: null,
    on_schema_change: 'ignore',
    on_configuration_change: 'apply',
    grants: {},
    packages: [],
    docs: { show: true, node_color: null, ...docs },
    contract: { enforced: contract?.enforced ?? false, alias_types: contract?.alias_types ?? true },
    event_time: null,
    concurrent_batches: null,
    ...(resource === 'model' ? { access: 'protected', freshness: null } : {}),
    ...(resource === 'seed' ? { delimiter: ',', quote_columns: null } : {}),
    ...(resource === 'snapshot' ? SNAPSHOT : {}),
    ...defined(given),
    // One key is a text in dbt, and a list of one here.
    ...(given.unique_key?.length === 1 ? { unique_key: given.unique_key[0] } : {}),
  };
}

const SNAPSHOT = {
  strategy: null,
  target_schema: null,
  target_database: null,
  updated_at: null,
  check_cols: null,
  snapshot_meta_column_names: {},
  dbt_valid_to_current: null,
} as const;

export function checkConfig({ settings }: Pick<CheckDefinition, 'settings'>): Record<string, unknown> {
  // dbt settles one by the other.
  const { store_failures: stored, store_failures_as: given } = settings;
  const storedAs = given ?? (stored === undefined ? null : stored ? 'table' : 'ephemeral');
  return {
    enabled: settings.enabled ?? true,
    alias: settings.alias ?? null,
    schema: settings.schema ?? 'dbt_test__audit',
    database: settings.database ?? null,
    tags: settings.tags ?? [],
    meta: settings.meta ?? {},
    group: null,
    static_analysis: null,
    materialized: 'test',
    severity: settings.severity.toUpperCase(),
    store_failures: storedAs === null ? null : storedAs !== 'ephemeral',
    store_failures_as: storedAs,
    where: settings.where ?? null,
    limit: settings.limit ?? null,
    fail_calc: settings.fail_calc ?? 'count(*)',
    warn_if: settings.warn_if,
    error_if: settings.error_if,
  };
}

function defined(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
