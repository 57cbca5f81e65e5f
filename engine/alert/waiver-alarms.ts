import type { AppliedWaiver } from '../contracts/check.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** With fewer days than this left somebody has to act: renew the waiver, or mend what it is for. */
const NOTICE_DAYS = 7;

/** One alarm for each waiver that this run's failures stand under and that ends soon. One that has ended blocks again, and its check is the alarm. */
export async function waiverAlarms(
  run: RunRef,
  session: Session,
): Promise<readonly { readonly subject: string; readonly message: string }[]> {
  const rows = await session.query(
    `select check_id, waiver, left_days::text as left_days
     from (
       select c.check_id, c.waiver,
         (c.waiver::jsonb ->> 'expires')::date
           - (coalesce((r.request::jsonb ->> 'runClock')::timestamptz, r.started_at) at time zone 'UTC')::date as left_days
       from audit.check_results c join audit.runs r using (run_id)
       where c.run_id = $1 and c.waiver is not null
     ) as waived
     where left_days < ${NOTICE_DAYS} order by check_id`,
    [run.runId],
  );
  return rows.map((row) => {
    const { expires, reason, approver } = JSON.parse(row['waiver'] as string) as AppliedWaiver;
    const days = row['left_days'] as string;
    const left = days === '0' ? 'today is its last day' : `${days} ${days === '1' ? 'day is' : 'days are'} left`;
    return {
      subject: `waiver/${row['check_id']}`,
      message: `the waiver of check ${row['check_id']} ends on ${expires}, ${left}: ${reason} (approved by ${approver})`,
    };
  });
}
