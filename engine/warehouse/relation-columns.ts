import type { Session } from './warehouse.ts';

/** A column of a relation as it stands; `type` as Postgres prints it, with its precision: `numeric(18,2)`. */
export interface RelationColumn {
  readonly name: string;
  readonly type: string;
}

/**
 * The columns of every relation, in their order, in one query. Relations are given quoted (`"schema"."name"`) and are the keys of
 * what is returned; one that does not stand is left out.
 */
export async function columnsOf(
  session: Session,
  relations: readonly string[],
): Promise<ReadonlyMap<string, readonly RelationColumn[]>> {
  const found = new Map<string, RelationColumn[]>();
  if (relations.length === 0) return found;
  const rows = await session.query<{ relation: string; name: string | null; type: string | null }>(COLUMNS, [
    JSON.stringify([...new Set(relations)]),
  ]);
  for (const { relation, name, type } of rows) {
    const columns = found.get(relation) ?? [];
    // A relation without columns is one all the same.
    if (name !== null && type !== null) columns.push({ name, type });
    found.set(relation, columns);
  }
  return found;
}

const COLUMNS = `
with asked as (select value as relation, to_regclass(value) as oid from jsonb_array_elements_text($1::jsonb))
select asked.relation, a.attname::text as name, format_type(a.atttypid, a.atttypmod) as type
from asked
left join pg_attribute a on a.attrelid = asked.oid and a.attnum > 0 and not a.attisdropped
where asked.oid is not null
order by asked.relation, a.attnum`;
