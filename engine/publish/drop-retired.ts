import { dropSchemas } from '../warehouse/drop-schemas.ts';
import { buildSchemas, liveSchema } from '../warehouse/model-schema.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { dropUnusedTables } from './drop-unused-tables.ts';
import { RETIRED } from './swap-schemas.ts';

/** Drops the versions that were swapped out, a held run's own views, and tables that nothing reads any more. Safe to repeat. */
export async function dropRetired(
  input: { readonly vertical: string; readonly runNo: string },
  warehouse: Warehouse,
): Promise<void> {
  const live = [
    liveSchema({ vertical: input.vertical, layer: 'staging' }),
    liveSchema({ vertical: input.vertical, layer: 'marts' }),
  ];
  // The old `published` first: its views read the others.
  const retired = await warehouse.query(
    `select nspname::text as name from pg_namespace
     where exists (select 1 from unnest(string_to_array($1, ',')) as live where starts_with(nspname, live || '${RETIRED}'))
     order by nspname like 'published%' desc, nspname`,
    [['published', ...live].join(',')],
  );
  await dropSchemas(
    [...retired.map((row) => row['name'] as string), ...buildSchemas(input.vertical, input.runNo)],
    warehouse,
  );
  await dropUnusedTables(input.vertical, warehouse);
}
