import type { Session } from '../warehouse/warehouse.ts';

/**
 * What a query reads without saying so by ref or source, by Postgres' own account: relations that are not among `known` (quoted), and
 * functions of this database whose results may change from call to call. Of such a model it cannot be known that nothing changed.
 */
export async function findHiddenInputs(
  sql: string,
  known: readonly string[],
  session: Session,
): Promise<readonly string[]> {
  await session.execute(`create temporary view tickmark_probe as\n${sql}`);
  const rows = await session.query(HIDDEN, [JSON.stringify(known)]);
  await session.execute('drop view pg_temp.tickmark_probe');
  return rows.map((row) => row['name'] as string);
}

const HIDDEN = `
with known as (
  select to_regclass(value)::oid as oid from jsonb_array_elements_text($1::jsonb)
),
read as (
  select distinct d.refclassid, d.refobjid
  from pg_depend d
  join pg_rewrite w on w.oid = d.objid and d.classid = 'pg_rewrite'::regclass
  where w.ev_class = 'pg_temp.tickmark_probe'::regclass and d.refobjid <> w.ev_class
)
select format('%I.%I', n.nspname, c.relname) as name
from read r join pg_class c on c.oid = r.refobjid and r.refclassid = 'pg_class'::regclass
join pg_namespace n on n.oid = c.relnamespace
where c.oid not in (select oid from known where oid is not null)
union
select format('%I.%I()', n.nspname, p.proname)
from read r join pg_proc p on p.oid = r.refobjid and r.refclassid = 'pg_proc'::regclass
join pg_namespace n on n.oid = p.pronamespace
where p.provolatile = 'v' and not (n.nspname like 'raw\\_%' and p.proname like '%\\_\\_as\\_of')
order by name`;
