import { EngineError } from '../errors.ts';
import { relation } from '../sql-text.ts';
import { storeSchema } from '../warehouse/model-schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** How many runs after the published one keep what they built, so that the next one need not build it again. */
const UNPUBLISHED_RUNS = 3;

/**
 * Drops the tables of a vertical's store that neither the published run, nor one after it, nor one under way needs. One that a
 * reader is still in, or that another vertical's view reads, is left for the next time. Safe to repeat.
 */
export async function dropUnusedTables(vertical: string, warehouse: Warehouse): Promise<void> {
  const store = storeSchema(vertical);
  const unused = await warehouse.query(UNUSED, [vertical, store, String(UNPUBLISHED_RUNS)]);
  const tables = unused.map((row) => relation(store, row['name'] as string));
  if (tables.length === 0 || (await drop(tables, warehouse))) return;
  for (const table of tables) await drop([table], warehouse);
}

/** Whether they could be dropped. */
async function drop(tables: readonly string[], warehouse: Warehouse): Promise<boolean> {
  try {
    await warehouse.transaction(async (session) => {
      await session.execute(`set local lock_timeout = '2s'`);
      await session.execute(`drop table if exists ${tables.join(', ')}`);
    });
    return true;
  } catch (error) {
    const isUsed = error instanceof EngineError && error.database?.sqlState === '2BP01';
    if (isUsed || (error instanceof EngineError && error.code === 'WAREHOUSE_BUSY')) return false;
    throw error;
  }
}

const UNUSED = `
with published as (
  select run_id, run_no from audit.current_publication where vertical = $1
),
kept_runs as (
  select run_id from published
  union
  (select r.run_id from audit.runs r
   where r.vertical = $1 and r.run_no > coalesce((select run_no from published), 0) and exists (select 1 from audit.builds b where b.run_id = r.run_id)
   order by r.run_no desc limit $3::integer)
  union
  select r.run_id from audit.runs r left join audit.run_ends e using (run_id)
  where r.vertical = $1 and e.run_id is null and r.run_no > coalesce((select run_no from published), 0)
),
kept as (
  select b.store_table as name from audit.builds b join kept_runs using (run_id) where b.store_table is not null
  union
  select b.delta::jsonb ->> 'added' from audit.builds b
  join kept_runs using (run_id) left join audit.run_ends e using (run_id) left join audit.publications p using (run_id)
  where b.delta is not null and e.run_id is null and p.run_id is null
)
select c.relname::text as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = $2 and c.relkind = 'r' and '"' || n.nspname || '"."' || c.relname || '"' not in (select name from kept)`;
