import { EngineError } from '../errors.ts';
import { liveSchema } from './model-schema.ts';
import type { Session } from './warehouse.ts';

/**
 * Publishing replaces a vertical's schemas and `published` whole, and what was replaced is dropped: so nothing may be in them that no
 * run of Tickmark built. Throws PUBLISH_SCHEMA_TAKEN with what is there.
 */
export async function refuseForeign(vertical: string, session: Session): Promise<void> {
  const schemas = (['staging', 'marts'] as const).map((layer) => liveSchema({ vertical, layer }));
  const [found] = await session.query(FOREIGN, [vertical, JSON.stringify(schemas)]);
  if (found === undefined) return;
  const { schema, name, count } = found;
  const more = count === '1' ? '' : ` and ${Number(count) - 1} more`;
  throw new EngineError('PUBLISH_SCHEMA_TAKEN', `the schema ${schema} holds ${name}${more}, which no run built`);
}

const FOREIGN = `
with live as (
  select oid, nspname::text as schema from pg_namespace
  where nspname in (select jsonb_array_elements_text($2::jsonb)) or nspname = 'published'
),
standing as (
  select live.schema, c.relname::text as name, c.relkind::text as kind
  from live join pg_class c on c.relnamespace = live.oid and c.relkind in ('r', 'p', 'f', 'm', 'v', 'S')
  union all
  select live.schema, p.proname::text || '()', 'function' from live join pg_proc p on p.pronamespace = live.oid
),
foreign_ones as (
  select schema, name from standing
  where case
    -- A view that somebody made here by hand is told by ledger verify.
    when schema = 'published' then kind <> 'v'
    else not exists (
      select 1 from audit.builds b where b.vertical = $1 and coalesce(b.live_name, b.model) = standing.name
    )
  end
)
select schema, name, count(*) over ()::text as count from foreign_ones order by schema, name limit 1`;
