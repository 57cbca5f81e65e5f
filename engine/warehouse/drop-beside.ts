import { relation } from '../sql-text.ts';
import { landedTable } from './landed-table.ts';
import type { Warehouse } from './warehouse.ts';

/** Drops what the attempts of a verified pull left beside the live tables. Safe to repeat. */
export async function dropBeside(
  input: { readonly runNo: string; readonly source: string; readonly tables: readonly string[] },
  warehouse: Warehouse,
): Promise<void> {
  for (const table of input.tables) {
    const { schema, besidePrefix } = landedTable(input.source, table);
    const left = await warehouse.query(
      `select c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
       where n.nspname = $1 and c.relkind = 'r' and starts_with(c.relname, $2)`,
      [schema, besidePrefix(input.runNo)],
    );
    for (const { name } of left) await warehouse.execute(`drop table if exists ${relation(schema, name as string)}`);
  }
}
