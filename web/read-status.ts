import { readRunReport } from '../engine/evidence/run-report.ts';
import type { RunReport } from '../engine/evidence/run-report.ts';
import type { Session } from '../engine/warehouse/warehouse.ts';
import type { Status, VerticalStatus } from './status.ts';

/** Reads the project's status from the warehouse: of each vertical what is published, and its newest refresh. */
export async function readStatus(
  project: { readonly name: string; readonly verticals: readonly string[] },
  session: Session,
): Promise<Status> {
  const verticals: VerticalStatus[] = [];
  for (const name of project.verticals) verticals.push(await readVertical(name, session));
  const [ledger] = await session.query(
    `select count(*)::text as entries, (select hash from audit.ledger order by entry_no desc limit 1) as head from audit.ledger`,
  );
  return {
    project: project.name,
    verticals,
    ledger: { entries: ledger?.['entries'] ?? '0', head: ledger?.['head'] ?? null },
  };
}

async function readVertical(name: string, session: Session): Promise<VerticalStatus> {
  const newest = await readNewestRun(name, session, 'true');
  // A run that is under way has few figures yet: those of the run before it are the ones to look at.
  const figures = newest?.status === 'running' ? await readNewestRun(name, session, 'e.run_id is not null') : newest;
  const [standing] = await session.query(
    `select run_no, tables, state, stale_reason, to_char(published_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as published_at,
       to_char(stale_since at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as stale_since
     from audit.current_publication where vertical = $1`,
    [name],
  );
  return {
    name,
    published: standing
      ? {
          runNo: standing['run_no'] as string,
          publishedAt: standing['published_at'] as string,
          state: standing['state'] as 'fresh' | 'stale',
          staleSince: standing['stale_since'] ?? null,
          reason: standing['stale_reason'] ?? null,
        }
      : null,
    lastRun: newest ? lastRun(newest) : null,
    steps: newest?.steps ?? [],
    checks: (figures?.checks ?? []) as VerticalStatus['checks'],
    kris: (figures?.kris ?? []) as VerticalStatus['kris'],
    controls: (figures?.controls ?? []) as VerticalStatus['controls'],
    alerts: await readOpenAlerts(name, session),
    publishedTables: standing ? (JSON.parse(standing['tables'] as string) as VerticalStatus['publishedTables']) : [],
    pulls: figures?.pulls ?? [],
  };
}

async function readNewestRun(vertical: string, session: Session, condition: string): Promise<RunReport | undefined> {
  const [run] = await session.query(
    `select r.run_id from audit.runs r left join audit.run_ends e using (run_id)
     where r.vertical = $1 and r.kind = 'refresh' and ${condition} order by r.run_no desc limit 1`,
    [vertical],
  );
  return run?.['run_id'] ? readRunReport(run['run_id'], session) : undefined;
}

function lastRun(report: RunReport): VerticalStatus['lastRun'] {
  return {
    runNo: report.runNo,
    status: report.status as 'running' | 'succeeded' | 'failed' | 'held',
    startedAt: report.startedAt,
    finishedAt: report.finishedAt,
    durationMs: report.finishedAt === null ? null : Date.parse(report.finishedAt) - Date.parse(report.startedAt),
  };
}

/** The incidents that are open, with the first time that a route took them. */
async function readOpenAlerts(vertical: string, session: Session): Promise<VerticalStatus['alerts']> {
  const rows = await session.query(
    `select o.incident_id, o.status, to_char(o.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as opened,
       to_char(min(s.at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as sent_at
     from audit.incident_events o
     left join audit.incident_events s on s.incident_id = o.incident_id and s.event = 'sent'
     where o.vertical = $1 and o.event = 'opened'
       and not exists (select 1 from audit.incident_events c where c.incident_id = o.incident_id and c.event = 'closed')
     group by o.incident_id, o.status, o.at, o.event_no order by o.event_no`,
    [vertical],
  );
  return rows.map((row) => ({
    incident: row['incident_id'] as string,
    opened: row['opened'] as string,
    status: row['status'] as string,
    sentAt: row['sent_at'] ?? null,
  }));
}
