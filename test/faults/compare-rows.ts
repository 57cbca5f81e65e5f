import type { TestWorld } from '../setup/test-world.ts';

/** Rows of the source's ledger that a landed table lacks, and rows that it has beyond them, one by one. */
export async function compareRows(
  world: TestWorld,
  landedTable = 'raw_erp.gl_detail',
): Promise<{ readonly lost: number; readonly doubled: number }> {
  const source = await world.erp.query<{ columns: string }>(
    `select string_agg(quote_ident(attname), ', ' order by attnum) as columns from pg_attribute
     where attrelid = 'public.gl_detail'::regclass and attnum > 0 and not attisdropped`,
  );
  const select = `select row(${source.rows[0]!.columns})::text as line from`;
  const given = await world.erp.query<{ line: string }>(`${select} public.gl_detail`);
  const landed = await world.intruder.query<{ line: string }>(`${select} ${landedTable}`);
  const balance = new Map<string, number>();
  for (const { line } of given.rows) balance.set(line, (balance.get(line) ?? 0) + 1);
  for (const { line } of landed.rows) balance.set(line, (balance.get(line) ?? 0) - 1);
  let lost = 0;
  let doubled = 0;
  for (const left of balance.values()) {
    if (left > 0) lost += left;
    else doubled -= left;
  }
  return { lost, doubled };
}
