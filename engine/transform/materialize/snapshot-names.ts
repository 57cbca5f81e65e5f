import { EngineError } from '../../errors.ts';
import { identifier, literal } from '../../sql-text.ts';
import { columnSql } from './column-sql.ts';
import type { Making } from './materialize.ts';

const META = ['dbt_scd_id', 'dbt_updated_at', 'dbt_valid_from', 'dbt_valid_to', 'dbt_is_deleted'] as const;
type Meta = (typeof META)[number];

/** A snapshot's options as SQL. */
export interface SnapshotWords {
  /** Quoted names of the columns that a snapshot adds. */
  readonly meta: Readonly<Record<Meta, string>>;
  /** The columns that tell one row of `alias` from another. */
  readonly keys: (alias: string) => readonly string[];
  readonly hardDeletes: 'ignore' | 'invalidate' | 'new_record';
  /** When a version began, of a row of `alias`. */
  readonly updatedAt: (alias: string) => string;
  /** The time of this run. */
  readonly now: string;
  /** What dbt_valid_to is while a version stands. */
  readonly open: string;
  /** Whether a version of `alias` stands. */
  readonly isOpen: (alias: string) => string;
  /** Identifies a version: its key and when it began. */
  readonly scdId: (alias: string, since: string) => string;
}

/** dbt's meaning of strategy, unique_key, updated_at, hard_deletes, dbt_valid_to_current and snapshot_meta_column_names. */
export function snapshotWords({ model, runClock }: Making, columns: readonly string[]): SnapshotWords {
  const { config } = model;
  const refuse = (message: string): never => {
    throw new EngineError('TRANSFORM_CONFIG', `snapshot ${model.name}: ${message}`, { place: { file: model.file } });
  };
  const keys = config.unique_key ?? [];
  if (keys.length === 0) return refuse('unique_key is missing: the columns that tell one row from another');
  if (config.strategy === undefined)
    return refuse("strategy is missing: 'timestamp' with updated_at, or 'check' with check_cols");
  const { updated_at: column } = config;
  if (config.strategy === 'timestamp' && column === undefined) return refuse("strategy 'timestamp' needs updated_at");
  if (config.strategy === 'check' && config.check_cols === undefined)
    return refuse("strategy 'check' needs check_cols: columns, or 'all'");
  const names = config.snapshot_meta_column_names ?? {};
  const unknown = Object.keys(names).find((name) => !META.some((meta) => meta === name));
  if (unknown !== undefined) return refuse(`snapshot_meta_column_names has no '${unknown}', only ${META.join(', ')}`);
  const meta = Object.fromEntries(META.map((name) => [name, identifier(names[name] ?? name)])) as Record<Meta, string>;
  const now = `${literal(runClock.replace(/Z$/, ''))}::timestamp without time zone`;
  const current = config.dbt_valid_to_current;
  const text = (sql: string): string => `coalesce(cast(${sql} as varchar), '')`;
  return {
    meta,
    keys: (alias) => keys.map((key) => columnSql(key, columns, alias)),
    hardDeletes: config.hard_deletes ?? (config.invalidate_hard_deletes ? 'invalidate' : 'ignore'),
    updatedAt: (alias) => (column === undefined ? now : columnSql(column, columns, alias)),
    now,
    open: current === undefined ? 'null' : `(${current})`,
    isOpen: (alias) =>
      current === undefined
        ? `${alias}.${meta.dbt_valid_to} is null`
        : `(${alias}.${meta.dbt_valid_to} is null or ${alias}.${meta.dbt_valid_to} = (${current}))`,
    scdId: (alias, since) =>
      `md5(${[...keys.map((key) => text(columnSql(key, columns, alias))), text(since)].join(` || '|' || `)})`,
  };
}
