import type { AppliedWaiver, CheckStatus } from '../contracts/check.ts';
import type { DefinitionChange, DefinitionEvent } from '../contracts/definition.ts';
import type { Row, Session } from '../warehouse/warehouse.ts';
import { parseList } from './parse-entry.ts';

/** One verdict on a check. Numbers are decimal text, times ISO 8601 in UTC. */
export interface PastVerdict {
  readonly runNo: string;
  readonly checkedAt: string;
  /** Null of a run that came to no decision. */
  readonly decision: 'published' | 'held' | null;
  readonly status: CheckStatus;
  readonly blocking: boolean;
  readonly population: string;
  readonly failures: string;
  readonly passes: string | null;
  /** Share of the population that violates it, in percent. */
  readonly percentage: string | null;
  readonly measure: string | null;
  readonly message: string | null;
  readonly waiver: AppliedWaiver | null;
  readonly definitionHash: string;
  /** What of the definition is not as it was in the verdict before. */
  readonly changes: readonly DefinitionChange[];
  /** Whether it is judged by another definition than the verdict before. */
  readonly isRedefined: boolean;
}

export interface CheckHistory {
  readonly checkId: string;
  readonly vertical: string;
  readonly kind: string;
  readonly dimension: string;
  readonly on: string;
  /** The definition of the last run, as content had it; null in records of before definitions were kept. */
  readonly definition: Readonly<Record<string, unknown>> | null;
  /** Whether the last run that told its definitions told that this check is gone. */
  readonly isRemoved: boolean;
  /** The oldest first. */
  readonly verdicts: readonly PastVerdict[];
  /** The slices of the last verdict. */
  readonly slices: readonly {
    readonly slice: string;
    readonly status: string;
    readonly population: string;
    readonly failures: string;
  }[];
}

type NumberedEvent = Pick<DefinitionEvent, 'event' | 'changes'> & { readonly runNo: bigint };

/** Reads the last verdicts on a check, each with what had changed of its definition; undefined when no run ever recorded it. No row is read. */
export async function readCheckHistory(
  checkId: string,
  limit: number,
  session: Session,
): Promise<CheckHistory | undefined> {
  const rows = await session.query(
    `select c.run_id, r.run_no, to_char(c.checked_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as checked_at,
       p.decision, c.vertical, c.kind, c.dimension, c.on_relation, c.status, c.blocking, c.population, c.failures, c.passes,
       c.percentage::text, c.measure::text, c.message, c.waiver, c.definition_hash
     from audit.check_results c
     join audit.runs r using (run_id)
     left join audit.publications p using (run_id)
     where c.check_id = $1 order by r.run_no desc limit $2`,
    // One more, to tell whether the oldest that is shown was defined as the one before it.
    [checkId, String(limit + 1)],
  );
  const [last] = rows;
  if (last === undefined) return undefined;
  const events = await readEvents(checkId, session);
  const [defined] = await session.query(
    `select definition from audit.check_definitions where check_id = $1 and definition_hash = $2`,
    [checkId, last['definition_hash'] as string],
  );
  const slices = await session.query(
    'select slice, status, population, failures from audit.check_slices where run_id = $1 and check_id = $2 order by slice_from, slice',
    [last['run_id'] as string, checkId],
  );
  return {
    checkId,
    vertical: last['vertical'] as string,
    kind: last['kind'] as string,
    dimension: last['dimension'] as string,
    on: last['on_relation'] as string,
    definition: defined?.['definition'] ? (JSON.parse(defined['definition']) as Record<string, unknown>) : null,
    isRemoved: events.at(-1)?.event === 'removed',
    verdicts: rows
      .slice(0, limit)
      .map((row, at) => verdictOf(row, rows[at + 1], events))
      .toReversed(),
    slices: slices.map((row) => ({
      slice: row['slice'] as string,
      status: row['status'] as string,
      population: row['population'] as string,
      failures: row['failures'] as string,
    })),
  };
}

async function readEvents(checkId: string, session: Session): Promise<readonly NumberedEvent[]> {
  const rows = await session.query(
    `select e.event, e.changes, r.run_no from audit.check_definition_events e join audit.runs r using (run_id)
     where e.check_id = $1 order by e.event_no`,
    [checkId],
  );
  return rows.map((row) => ({
    event: row['event'] as DefinitionEvent['event'],
    changes: parseList(row['changes']),
    runNo: BigInt(row['run_no'] as string),
  }));
}

function verdictOf(row: Row, before: Row | undefined, events: readonly NumberedEvent[]): PastVerdict {
  const runNo = row['run_no'] as string;
  const isRedefined = before !== undefined && before['definition_hash'] !== row['definition_hash'];
  // A run that failed before its verdicts were decided upon may have told the change.
  const since = BigInt(before?.['run_no'] ?? runNo);
  const told = events.filter((event) => event.runNo > since && event.runNo <= BigInt(runNo));
  return {
    runNo,
    checkedAt: row['checked_at'] as string,
    decision: (row['decision'] ?? null) as PastVerdict['decision'],
    status: row['status'] as CheckStatus,
    blocking: row['blocking'] === 't',
    population: row['population'] as string,
    failures: row['failures'] as string,
    passes: row['passes'] ?? null,
    percentage: row['percentage'] ?? null,
    measure: row['measure'] ?? null,
    message: row['message'] ?? null,
    waiver: row['waiver'] ? (JSON.parse(row['waiver']) as AppliedWaiver) : null,
    definitionHash: row['definition_hash'] as string,
    changes: isRedefined ? told.flatMap(({ changes }) => changes) : [],
    isRedefined,
  };
}
