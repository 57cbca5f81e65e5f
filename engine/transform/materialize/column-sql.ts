import { identifier } from '../../sql-text.ts';

/**
 * A column as dbt's options name it, as SQL: the one that is spelt so; else the one that Postgres would find by it; else an
 * expression as it is written, such as `id || '-' || line`.
 */
export function columnSql(name: string, columns: readonly string[], alias: string): string {
  const bare = /^"(.*)"$/.exec(name)?.[1]?.replaceAll('""', '"') ?? name;
  if (columns.includes(bare)) return `${alias}.${identifier(bare)}`;
  if (columns.includes(bare.toLowerCase())) return `${alias}.${identifier(bare.toLowerCase())}`;
  return /^[A-Za-z_][\w$]*$/.test(name) ? `${alias}.${identifier(name)}` : name;
}
