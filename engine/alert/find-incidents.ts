import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { AlertInput } from './alert-input.ts';
import { closedPeriodAlarms } from './closed-period-alarms.ts';
import { definitionAlarm } from './definition-alarm.ts';
import { waiverAlarms } from './waiver-alarms.ts';

/**
 * Something that went wrong: a check that does not pass, a run that failed, a closed period that changed, a waiver that ends soon,
 * checks that are not defined as before. Holds counts and control totals, no row value.
 */
export interface Incident {
  readonly incidentId: string;
  readonly subject: string;
  readonly status: string;
  readonly message: string;
}

/**
 * Compares what is wrong in this run with the incidents that are open. A subject that got worse, or is wrong in another way,
 * closes its incident and opens a new one; one that this run did not look at stays as it is. A waived failure is no incident.
 */
export async function findIncidents(
  input: AlertInput,
  session: Session,
): Promise<{ readonly opened: readonly Incident[]; readonly closed: readonly Incident[] }> {
  const { run, failure } = input;
  const wrong = new Map<string, Incident>();
  const incident = (subject: string, status: string, message: string): void => {
    wrong.set(subject, { incidentId: `${run.vertical}/r${run.runNo}/${subject}`, subject, status, message });
  };

  const published = await publicationOf(run, session);
  const checks = await session.query(
    `select check_id, status, population, failures, dimension, blocking, message, waiver is not null as waived
     from audit.check_results where run_id = $1 order by check_id`,
    [run.runId],
  );
  for (const row of checks) {
    const subject = `check/${row['check_id']}`;
    if (row['status'] === 'pass' || row['status'] === 'skipped' || row['waived'] === 't') continue;
    // What a failed statement said may be long, and is in the report of the run.
    const why = row['status'] === 'error' || !row['message'] ? '' : `; ${row['message']}`;
    incident(
      subject,
      row['status'] as string,
      `${run.vertical}: check ${row['check_id']} is ${row['status']}: ${row['failures']} of ${row['population']} violate it ` +
        `(${row['dimension']}, ${row['blocking'] === 't' ? 'blocking' : 'not blocking'})${why}. Run ${run.runNo}. ${published}`,
    );
  }
  if (failure) {
    incident(
      `run/${failure.step}/${failure.code}`,
      'run_failed',
      `${run.vertical}: run ${run.runNo} failed at ${failure.step}: ${failure.message}. ${published}`,
    );
  }

  for (const { subject, message } of await closedPeriodAlarms(run, session)) {
    incident(subject, 'closed_period', `${run.vertical}: ${message}. Run ${run.runNo}. ${published}`);
  }

  for (const { subject, message } of await waiverAlarms(run, session)) {
    incident(subject, 'waiver_expiring', `${run.vertical}: ${message}. Run ${run.runNo}. ${published}`);
  }
  const changed = await definitionAlarm(run, session);
  if (changed !== undefined) {
    incident(
      changed.subject,
      'definition_changed',
      `${run.vertical}: ${changed.message}. Run ${run.runNo}. ${published}`,
    );
  }

  // Every run tells whether it failed, and one that came to its checks ran all of them: a check that is gone is told as closed.
  // A change of a closed period is an event: no later run undoes it, a person concludes on it.
  // A check that was skipped was not looked at. A change of definitions is news: it is over once it was told.
  const skipped = new Set(
    checks
      .filter((row) => row['status'] === 'skipped')
      .flatMap((row) => [`check/${row['check_id']}`, `waiver/${row['check_id']}`]),
  );
  const waived = new Set(checks.filter((row) => row['waived'] === 't').map((row) => `check/${row['check_id']}`));
  const awaited = input.routes.some(({ on }) => on.includes('definition_changed'));
  const hasLooked = (subject: string, sent: boolean): boolean => {
    if (subject.startsWith('closed_period/') || skipped.has(subject)) return false;
    if (subject.startsWith('definitions/') && awaited && !sent) return false;
    return subject.startsWith('run/') || checks.length > 0;
  };
  const open = await session.query(
    `select o.incident_id, o.subject, o.status,
       exists (select 1 from audit.incident_events s where s.incident_id = o.incident_id and s.event = 'sent') as sent
     from audit.incident_events o
     where o.vertical = $1 and o.event = 'opened'
       and not exists (select 1 from audit.incident_events c where c.incident_id = o.incident_id and c.event = 'closed')`,
    [run.vertical],
  );
  const closed = open
    .filter(
      (row) =>
        hasLooked(row['subject'] as string, row['sent'] === 't') &&
        wrong.get(row['subject'] as string)?.status !== row['status'],
    )
    .map((row) => ({
      incidentId: row['incident_id'] as string,
      subject: row['subject'] as string,
      status: row['status'] as string,
      message: wrong.has(row['subject'] as string)
        ? `now ${wrong.get(row['subject'] as string)?.status}`
        : waived.has(row['subject'] as string)
          ? `waived in run ${run.runNo}`
          : `no longer wrong in run ${run.runNo}`,
    }));
  const stillOpen = new Set(
    open
      .filter((row) => !closed.some(({ incidentId }) => incidentId === row['incident_id']))
      .map((row) => row['subject']),
  );
  return { opened: [...wrong.values()].filter(({ subject }) => !stillOpen.has(subject)), closed };
}

async function publicationOf(run: RunRef, session: Session): Promise<string> {
  const [decided] = await session.query('select decision from audit.publications where run_id = $1', [run.runId]);
  if (decided?.['decision'] === 'published') return 'Its figures are published.';
  const [standing] = await session.query('select run_no from audit.current_publication where vertical = $1', [
    run.vertical,
  ]);
  return standing ? `Dashboards keep run ${standing['run_no']}, marked stale.` : 'Nothing is published yet.';
}
