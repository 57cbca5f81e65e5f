import { identifier } from '../sql-text.ts';
import type { Warehouse } from './warehouse.ts';

/** Creates a schema unless it is there. Safe from several sessions at once, which `if not exists` alone is not. */
export async function createSchema(schema: string, warehouse: Warehouse): Promise<void> {
  await warehouse.transaction(async (session) => {
    await session.query('select pg_advisory_xact_lock(hashtextextended($1, 0))', [`schema/${schema}`]);
    // Looked up in the table: a session may still remember that there was no such schema, and `if not exists` believes it.
    const [found] = await session.query('select 1 as found from pg_namespace where nspname = $1', [schema]);
    if (found === undefined) await session.execute(`create schema ${identifier(schema)}`);
  });
}
