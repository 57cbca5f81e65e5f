import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { Warehouse } from './warehouse.ts';

/**
 * Drops schemas that are out of service. One that a reader is still in, or that a view elsewhere still reads (another vertical's
 * model, until that is rebuilt), is left for the next time, and so is what it reads itself: nobody waits and nothing in service
 * is lost. Given in the order in which they are dropped, readers before what they read. Safe to repeat.
 */
export async function dropSchemas(schemas: readonly string[], warehouse: Warehouse): Promise<void> {
  const going = new Set(schemas);
  for (const schema of schemas) {
    try {
      await warehouse.transaction(async (session) => {
        await session.execute(`set local lock_timeout = '2s'`);
        const [used] = await session.query(USED_ELSEWHERE, [schema, [...going].join(',')]);
        if (used) going.delete(schema);
        else await session.execute(`drop schema if exists ${identifier(schema)} cascade`);
      });
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_BUSY') throw error;
      going.delete(schema);
    }
  }
}

/** Whether a view outside of $1 and of the list $2 reads a relation in $1. */
const USED_ELSEWHERE = `
select 1 as one
from pg_depend d
join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
join pg_class reader on reader.oid = w.ev_class
join pg_namespace reader_schema on reader_schema.oid = reader.relnamespace
join pg_class used on used.oid = d.refobjid and d.refclassid = 'pg_class'::regclass
join pg_namespace used_schema on used_schema.oid = used.relnamespace
where used_schema.nspname = $1 and reader_schema.nspname <> all (string_to_array($2, ','))
limit 1`;
