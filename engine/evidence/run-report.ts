import type { AppliedWaiver } from '../contracts/check.ts';
import type { ClosedPeriodChange, Manifest, TieOutLine } from '../contracts/pull.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { readDefinitionEvents } from './definition-events.ts';
import type { RunDefinitions } from './definition-events.ts';

/** All that a run did, in counts, totals and words of the project: no row of any table. Numbers are decimal text, times ISO 8601 in UTC. */
export interface RunReport {
  readonly runId: string;
  readonly runNo: string;
  readonly vertical: string;
  readonly kind: string;
  readonly projectHash: string;
  readonly status: string;
  readonly reason: string | null;
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly steps: readonly StepReport[];
  readonly pulls: readonly PullReport[];
  readonly checks: readonly CheckReport[];
  readonly definitions: RunDefinitions;
  readonly kris: readonly KriReport[];
  readonly controls: readonly ControlReport[];
  readonly publication: { readonly decision: string; readonly reason: string | null } | null;
  readonly publishedTables: readonly { readonly name: string; readonly rows: string }[];
  readonly alerts: readonly AlertReport[];
}

export interface StepReport {
  readonly step: string;
  readonly subject: string | null;
  readonly status: 'running' | 'done' | 'failed';
  readonly attempt: string;
  readonly durationMs: number | null;
  readonly figures: Readonly<Record<string, string>>;
  readonly message: string | null;
}

export interface PullReport {
  readonly source: string;
  readonly table: string;
  readonly batchId: string;
  readonly rows: string;
  /** Whether it was put in place, as all tables of its source are or none; null while it is not verified. */
  readonly tied: boolean | null;
  readonly mode: string;
  /** Why an incremental pull read every row after all. */
  readonly widened: string | null;
  /** Rows that were kept aside because they do not fit. */
  readonly rejected: string;
  readonly closedPeriods: readonly ClosedPeriodChange[];
  readonly added: string;
  readonly removed: string;
  readonly changed: string;
  readonly totals: readonly { readonly column: string; readonly sum: string | null }[];
  readonly contentHash: string;
  readonly lines: readonly TieOutLine[];
}

export interface CheckReport {
  readonly id: string;
  readonly kind: string;
  readonly dimension: string;
  readonly on: string;
  readonly status: string;
  readonly blocking: boolean;
  readonly population: string;
  readonly failures: string;
  /** Rows without a violation; null where a violation is not a row. */
  readonly passes: string | null;
  /** Share of the population that violates it, in percent, as exact decimal text; null where a share means nothing. */
  readonly percentage: string | null;
  readonly message: string | null;
  /** What its failure stands under. */
  readonly waiver: AppliedWaiver | null;
  /** Of a check with slices each of them. */
  readonly slices: readonly SliceReport[];
}

export interface SliceReport {
  readonly slice: string;
  readonly status: string;
  readonly population: string;
  readonly failures: string;
}

export interface KriReport {
  readonly id: string;
  readonly title: string;
  readonly value: string | null;
  readonly unit: string;
  readonly numerator: string | null;
  readonly denominator: string | null;
  readonly colour: string;
  readonly message: string | null;
}

export interface ControlReport {
  readonly id: string;
  readonly title: string;
  readonly population: string;
  readonly exceptions: string;
  readonly deviationRate: string | null;
  readonly upperLimit: string | null;
  readonly tolerableRate: string;
  readonly proposedConclusion: string;
  readonly basis: string;
}

export interface AlertReport {
  readonly incident: string;
  readonly subject: string;
  readonly status: string;
  readonly opened: string;
  readonly sentAt: string | null;
  readonly route: string | null;
}

const utc = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** Reads what a run did; undefined when there is no such run. */
export async function readRunReport(runId: string, session: Session): Promise<RunReport | undefined> {
  const [run] = await session.query(
    `select r.run_id, r.run_no, r.vertical, r.kind, r.project_hash, ${utc('r.started_at')} as started_at,
       coalesce(e.status, 'running') as status, e.reason, ${utc('e.finished_at')} as finished_at
     from audit.runs r left join audit.run_ends e using (run_id) where r.run_id = $1`,
    [runId],
  );
  if (!run) return undefined;
  const [publication] = await session.query(
    'select decision, reason, tables from audit.publications where run_id = $1',
    [runId],
  );
  return {
    runId,
    runNo: run['run_no'] as string,
    vertical: run['vertical'] as string,
    kind: run['kind'] as string,
    projectHash: run['project_hash'] as string,
    status: run['status'] as string,
    reason: run['reason'] ?? null,
    startedAt: run['started_at'] as string,
    finishedAt: run['finished_at'] ?? null,
    steps: await readSteps(runId, session),
    pulls: await readPulls(runId, session),
    checks: await readChecks(runId, session),
    definitions: await readDefinitionEvents(runId, session),
    kris: await readKris(runId, session),
    controls: await readControls(runId, session),
    publication: publication
      ? { decision: publication['decision'] as string, reason: publication['reason'] ?? null }
      : null,
    publishedTables:
      publication?.['decision'] === 'published'
        ? (JSON.parse(publication['tables'] as string) as { name: string; rows: string }[]).map(({ name, rows }) => ({
            name,
            rows,
          }))
        : [],
    alerts: await readAlerts(runId, session),
  };
}

/** The newest event of every step, in the order in which the steps first began. */
async function readSteps(runId: string, session: Session): Promise<StepReport[]> {
  const rows = await session.query(
    `select step, subject, event, attempt, duration_ms, figures, message from (
       select *, min(event_no) over (partition by step, subject) as first_no,
         row_number() over (partition by step, subject order by event_no desc) as newest
       from audit.step_events where run_id = $1
     ) as events where newest = 1 order by first_no`,
    [runId],
  );
  return rows.map((row) => ({
    step: row['step'] as string,
    subject: row['subject'] ?? null,
    status: row['event'] === 'started' ? 'running' : (row['event'] as 'done' | 'failed'),
    attempt: row['attempt'] as string,
    durationMs: row['duration_ms'] ? Number(row['duration_ms']) : null,
    figures: row['figures'] ? (JSON.parse(row['figures']) as Record<string, string>) : {},
    message: row['message'] ?? null,
  }));
}

async function readPulls(runId: string, session: Session): Promise<PullReport[]> {
  const rows = await session.query(
    `select p.source, p.table_name, p.run_no, p.manifest, t.tied, t.added_rows, t.removed_rows, t.changed_keys, t.lines, t.closed_periods
     from audit.pulls p left join audit.tie_outs t using (run_id, source, table_name)
     where p.run_id = $1 order by p.source, p.table_name`,
    [runId],
  );
  return rows.map((row) => {
    const manifest = JSON.parse(row['manifest'] as string) as Manifest;
    return {
      source: manifest.source,
      table: manifest.table,
      batchId: `r${row['run_no']}/${manifest.source}.${manifest.table}`,
      rows: manifest.copiedRows,
      tied: row['tied'] === null ? null : row['tied'] === 't',
      mode: manifest.mode,
      widened: manifest.widened,
      rejected: manifest.rejectedRows,
      closedPeriods: JSON.parse(row['closed_periods'] ?? '[]') as ClosedPeriodChange[],
      added: row['added_rows'] ?? '0',
      removed: row['removed_rows'] ?? '0',
      changed: row['changed_keys'] ?? '0',
      totals: manifest.sourceTotals,
      contentHash: manifest.contentHash,
      lines: JSON.parse(row['lines'] ?? '[]') as TieOutLine[],
    };
  });
}

async function readChecks(runId: string, session: Session): Promise<CheckReport[]> {
  const rows = await session.query(
    `select check_id, kind, dimension, on_relation, status, blocking, population, failures, passes, percentage::text, message, waiver
     from audit.check_results where run_id = $1
     order by waiver is not null and status <> 'pass',
       array_position(array['error', 'fail', 'no_data', 'skipped', 'warn', 'pass'], status), check_id`,
    [runId],
  );
  const slices = await readSlices(runId, session);
  return rows.map((row) => ({
    id: row['check_id'] as string,
    kind: row['kind'] as string,
    dimension: row['dimension'] as string,
    on: row['on_relation'] as string,
    status: row['status'] as string,
    blocking: row['blocking'] === 't',
    population: row['population'] as string,
    failures: row['failures'] as string,
    passes: row['passes'] ?? null,
    percentage: row['percentage'] ?? null,
    message: row['message'] ?? null,
    waiver: row['waiver'] ? (JSON.parse(row['waiver']) as AppliedWaiver) : null,
    slices: slices.get(row['check_id'] as string) ?? [],
  }));
}

async function readSlices(runId: string, session: Session): Promise<ReadonlyMap<string, SliceReport[]>> {
  const rows = await session.query(
    'select check_id, slice, status, population, failures from audit.check_slices where run_id = $1 order by check_id, slice_from, slice',
    [runId],
  );
  const byCheck = Map.groupBy(rows, (row) => row['check_id'] as string);
  return new Map(
    [...byCheck].map(([checkId, ofOne]) => [
      checkId,
      ofOne.map((row) => ({
        slice: row['slice'] as string,
        status: row['status'] as string,
        population: row['population'] as string,
        failures: row['failures'] as string,
      })),
    ]),
  );
}

async function readKris(runId: string, session: Session): Promise<KriReport[]> {
  const rows = await session.query(
    `select kri_id, title, value::text, unit, numerator::text, denominator::text, colour, message from audit.kri_readings where run_id = $1 order by kri_id`,
    [runId],
  );
  return rows.map((row) => ({
    id: row['kri_id'] as string,
    title: row['title'] as string,
    value: row['value'] ?? null,
    unit: row['unit'] as string,
    numerator: row['numerator'] ?? null,
    denominator: row['denominator'] ?? null,
    colour: row['colour'] as string,
    message: row['message'] ?? null,
  }));
}

async function readControls(runId: string, session: Session): Promise<ControlReport[]> {
  const rows = await session.query('select * from audit.control_tests where run_id = $1 order by control_id', [runId]);
  return rows.map((row) => ({
    id: row['control_id'] as string,
    title: row['title'] as string,
    population: row['population'] as string,
    exceptions: row['exceptions'] as string,
    deviationRate: row['deviation_rate'] ?? null,
    upperLimit: row['upper_limit'] ?? null,
    tolerableRate: row['tolerable_rate'] as string,
    proposedConclusion: row['proposed_conclusion'] as string,
    basis: row['basis'] as string,
  }));
}

/** Incidents that this run opened, or told a route of. */
async function readAlerts(runId: string, session: Session): Promise<AlertReport[]> {
  const rows = await session.query(
    `select o.incident_id, o.subject, o.status, ${utc('o.at')} as opened, ${utc('s.at')} as sent_at, s.route
     from audit.incident_events o
     left join audit.incident_events s on s.incident_id = o.incident_id and s.event = 'sent'
     where o.event = 'opened' and (o.run_id = $1 or s.run_id = $1) order by o.event_no`,
    [runId],
  );
  return rows.map((row) => ({
    incident: row['incident_id'] as string,
    subject: row['subject'] as string,
    status: row['status'] as string,
    opened: row['opened'] as string,
    sentAt: row['sent_at'] ?? null,
    route: row['route'] ?? null,
  }));
}
