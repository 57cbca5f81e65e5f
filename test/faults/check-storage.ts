import type { MoneyWorld } from './money-world.ts';

/** What pg_amcheck would say of a warehouse: every table's pages and every index against its table, by Postgres' own amcheck. Call it while nobody writes. */
export async function checkStorage(
  world: MoneyWorld,
): Promise<{ readonly tables: number; readonly indexes: number; readonly faults: number; readonly checksums: string }> {
  await world.intrude('create extension if not exists amcheck');
  let faults = 0;
  const check = async (sql: string, oid: string): Promise<void> => {
    // An index check throws at the first fault, and so does reading a page whose checksum is wrong.
    const found = await world.intrude(sql, [oid]).catch(() => null);
    faults += found === null ? 1 : Number(found.rows[0]?.['faults']);
  };
  const heaps = await world.intrude(
    `select oid::text as oid from pg_class where relkind in ('r', 'm', 't') and relpersistence <> 't'`,
  );
  for (const { oid } of heaps.rows) {
    await check('select count(*)::text as faults from verify_heapam($1::oid)', oid as string);
  }
  const indexes = await world.intrude(
    `select i.indexrelid::text as oid from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
     where a.amname = 'btree' and i.indisvalid and c.relpersistence <> 't'`,
  );
  for (const { oid } of indexes.rows) {
    await check(`select '0' as faults from bt_index_check($1::oid::regclass, true)`, oid as string);
  }
  const failures = await world.intrude(
    `select coalesce(sum(checksum_failures), 0)::text as failures, current_setting('data_checksums') as checksums from pg_stat_database`,
  );
  faults += Number(failures.rows[0]?.['failures']);
  return {
    tables: heaps.rows.length,
    indexes: indexes.rows.length,
    faults,
    checksums: failures.rows[0]?.['checksums'] as string,
  };
}
