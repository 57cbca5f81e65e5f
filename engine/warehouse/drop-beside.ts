import { literal, relation } from '../sql-text.ts';
import type { Warehouse } from './warehouse.ts';

/** Drops what the attempts of a run's pulls left beside the live tables, of one source or of all. Safe to repeat. */
export async function dropBeside(
  input: { readonly runNo: string; readonly schema?: string },
  warehouse: Warehouse,
): Promise<void> {
  const left = await warehouse.query(
    `select n.nspname::text as schema, c.relname::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind = 'r' and starts_with(n.nspname, 'raw_') and ($1::text is null or n.nspname = $1)
       and c.relname ~ ${literal(`__r${BigInt(input.runNo)}_a[0-9]+$`)}`,
    [input.schema ?? null],
  );
  for (const { schema, name } of left) {
    await warehouse.execute(`drop table if exists ${relation(schema as string, name as string)}`);
  }
}
