import { describeIssue } from '../config/describe-issue.ts';
import { ModelOptions } from '../contracts/model-config.ts';
import type { Layer } from '../contracts/model.ts';
import { wordFailure } from '../jinja/word-failure.ts';
import { placeValues } from './place-values.ts';
import { text } from './python/text.ts';
import { harmless } from './words/harmless.ts';

type Said = Readonly<Record<string, unknown>>;

/** Options that are SQL, or names that are written as they are: a variable's text may not become that. */
const SQL_OPTIONS = new Set([
  'pre_hook',
  'post_hook',
  'incremental_predicates',
  'updated_at',
  'event_time',
  'dbt_valid_to_current',
  'column_types',
  'unique_key',
  'grants',
]);

/** Options of other warehouses, which dbt takes on any and Postgres does nothing with. */
const OF_OTHERS = new Set(
  [
    'sort dist sort_type bind backup auto_refresh query_group sql_header',
    'transient cluster_by copy_grants query_tag secure automatic_clustering snowflake_warehouse',
    'tmp_relation_type target_lag row_access_policy table_tag on_configuration_change',
    'partitions require_partition_filter partition_expiration_days hours_to_expiration kms_key_name',
    'labels resource_tags grant_access_to maximum_bytes_billed enable_refresh refresh_interval_minutes',
    'file_format location_root clustered_by buckets tblproperties liquid_clustered_by options',
    'compression engine order_by primary_key settings external_location table_type s3_data_dir',
    'primary_index aggregating_index',
  ].flatMap((names) => names.split(' ')),
);

/** What one place says of a model of this layer; an option that does not exist or fit is a WordFailure. Takes dbt's `pre-hook` as `pre_hook`. */
export function readModelOptions(layer: Layer, said: Said): ModelOptions {
  const named = Object.fromEntries(
    Object.entries(said).flatMap(([written, value]) => {
      const name = spelled(written);
      if (OF_OTHERS.has(name)) return [];
      return [[name, SQL_OPTIONS.has(name) ? withValues(value) : fitting(name, harmless(value, `the option ${name}`))]];
    }),
  );
  const result = ModelOptions.safeParse(named);
  if (!result.success) {
    const [issue] = result.error.issues;
    throw wordFailure(
      'COMPILE_TEMPLATE',
      `config: ${issue ? describeIssue(issue, ModelOptions, named).message : 'cannot be read'}`,
    );
  }
  if (layer === 'engagement' && result.data.published) {
    throw wordFailure('COMPILE_TEMPLATE', 'config: a model in engagement/ is exported, so it cannot be published');
  }
  return result.data;
}

function spelled(name: string): string {
  return name === 'pre-hook' || name === 'post-hook' ? name.replace('-', '_') : name;
}

/** BigQuery's partition_by says more than the column. */
function fitting(name: string, value: unknown): unknown {
  if (name !== 'partition_by' || typeof value !== 'object' || value === null || !('field' in value)) return value;
  return value.field;
}

function withValues(value: unknown): unknown {
  if (typeof value === 'string') return placeValues(value);
  if (Array.isArray(value)) return value.map(withValues);
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, each]) => [key, withValues(each)]);
    // What is no dict, such as a guarded value, has its own way of being written.
    return Object.getPrototypeOf(value) === Object.prototype ? Object.fromEntries(entries) : placeValues(text(value));
  }
  return value;
}
