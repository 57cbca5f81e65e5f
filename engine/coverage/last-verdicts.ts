import type { Session } from '../warehouse/warehouse.ts';

/** A check's last verdict, in whatever run, published or not. */
export interface LastVerdict {
  readonly status: string;
  readonly runNo: string;
  /** ISO 8601 in UTC. */
  readonly checkedAt: string;
  readonly definitionHash: string;
  readonly message: string | null;
  /** The last day of the waiver that it stands under. */
  readonly waivedUntil: string | null;
  readonly reusedSince: string | null;
}

export async function lastVerdicts(session: Session): Promise<ReadonlyMap<string, LastVerdict>> {
  const rows = await session.query(LAST_VERDICTS);
  return new Map(
    rows.map((row) => [
      row['check_id'] as string,
      {
        status: row['status'] as string,
        runNo: row['run_no'] as string,
        checkedAt: row['checked_at'] as string,
        definitionHash: row['definition_hash'] as string,
        message: row['message'] ?? null,
        waivedUntil: row['waived_until'] ?? null,
        reusedSince: row['reused_since'] ?? null,
      },
    ]),
  );
}

// The run that a verdict was taken over from may have taken it over itself.
const LAST_VERDICTS = `
with recursive latest as (
  select distinct on (c.check_id) c.check_id, c.run_id, r.run_no, c.status, c.checked_at, c.definition_hash, c.message,
    c.waiver::jsonb ->> 'expires' as waived_until, c.reused_from_run
  from audit.check_results as c
  join audit.runs as r on r.run_id = c.run_id
  order by c.check_id, r.run_no desc
),
origins as (
  select check_id, reused_from_run as run_id from latest where reused_from_run is not null
  union
  select o.check_id, c.reused_from_run
  from origins as o
  join audit.check_results as c on c.run_id = o.run_id and c.check_id = o.check_id
  where c.reused_from_run is not null
),
found as (
  select o.check_id, min(c.checked_at) as found_at
  from origins as o
  join audit.check_results as c on c.run_id = o.run_id and c.check_id = o.check_id
  group by o.check_id
)
select latest.check_id, latest.run_no, latest.status, latest.definition_hash, latest.message, latest.waived_until,
  to_char(latest.checked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as checked_at,
  to_char(found.found_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as reused_since
from latest
left join found on found.check_id = latest.check_id
order by latest.check_id`;
