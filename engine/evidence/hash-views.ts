import type { Session } from '../warehouse/warehouse.ts';

/** The SHA-256 of the definition of every view that dashboards read, or that those read in `audit`, by `schema.name`. */
export async function hashViews(session: Session): Promise<Readonly<Record<string, string>>> {
  const rows = await session.query(
    `select n.nspname || '.' || c.relname as name, encode(sha256(convert_to(pg_get_viewdef(c.oid), 'UTF8')), 'hex') as hash
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('published', 'audit') and c.relkind = 'v' order by 1`,
  );
  return Object.fromEntries(rows.map((row) => [row['name'] as string, row['hash'] as string]));
}
