import type { Session } from '../warehouse/warehouse.ts';

/** How many bytes there is to read of relations, quoted as `"schema"."name"`; of a view all tables that it reads. What is not there is left out. */
export async function relationSizes(
  relations: readonly string[],
  session: Session,
): Promise<ReadonlyMap<string, bigint>> {
  if (relations.length === 0) return new Map();
  const rows = await session.query(RELATION_SIZES, [JSON.stringify(relations)]);
  return new Map(rows.map((row) => [row['relation'] as string, BigInt(row['bytes'] as string)]));
}

const RELATION_SIZES = `
with recursive reached(relation, oid) as (
  select value, to_regclass(value)::oid from jsonb_array_elements_text($1::jsonb)
  union
  select reached.relation, d.refobjid
  from reached
  join pg_rewrite as w on w.ev_class = reached.oid
  join pg_depend as d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid and d.refclassid = 'pg_class'::regclass
)
select reached.relation, coalesce(sum(pg_relation_size(c.oid)) filter (where c.relkind in ('r', 'm')), 0)::text as bytes
from reached
join pg_class as c on c.oid = reached.oid
group by reached.relation`;
