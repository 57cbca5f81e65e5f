import { BuildRequest } from '../contracts/build.ts';
import type { EndRunInput, RunRef, Vars } from '../contracts/run.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { once } from './ledger.ts';

/** What a run pinned when it began: with the same content, variables and pulls it gives the same figures. */
export interface PinnedRun extends RunRef {
  readonly kind: 'refresh' | 'engagement' | 'build';
  readonly project: string;
  readonly projectHash: string;
  readonly toolVersion: string;
  readonly vars: Vars;
  readonly fullRefresh: boolean;
  /** What a build was asked to do; of other runs everything. */
  readonly request: BuildRequest;
  /** When it began by the warehouse's clock, or the clock that it was given; ISO 8601, UTC. */
  readonly runClock: string;
}

type Beginning = Omit<PinnedRun, 'runNo' | 'runClock' | 'request'> & { readonly request?: BuildRequest | undefined };

/** Records that a run began and gives it its number. Safe to repeat: a run begins once. */
export async function beginRun(input: Beginning, warehouse: Warehouse): Promise<RunRef> {
  const { runId, vertical, kind, project, projectHash, toolVersion, vars, fullRefresh, request } = input;
  const begun = await once(
    warehouse,
    { key: `${runId}/begin`, kind: 'run', runId, subject: vertical },
    async (session) => {
      const [row] = await session.query(
        `insert into audit.runs (run_id, vertical, kind, project, project_hash, tool_version, vars, full_refresh, request)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning run_no`,
        [
          runId,
          vertical,
          kind,
          project,
          projectHash,
          toolVersion,
          JSON.stringify(vars),
          String(fullRefresh),
          request === undefined ? null : JSON.stringify(request),
        ],
      );
      return { event: 'began', runNo: row?.['run_no'] as string, ...input };
    },
  );
  return { runId, runNo: begun.runNo, vertical };
}

/** Records how a run ended. Safe to repeat: the first end stands. */
export async function endRun(input: EndRunInput, warehouse: Warehouse): Promise<void> {
  const { run, status, reason } = input;
  await once(
    warehouse,
    { key: `${run.runId}/end`, kind: 'run', runId: run.runId, subject: run.vertical },
    async (session) => {
      await session.execute('insert into audit.run_ends (run_id, status, reason) values ($1, $2, $3)', [
        run.runId,
        status,
        reason,
      ]);
      return { event: 'ended', runNo: run.runNo, status, reason };
    },
  );
}

/** What a run pinned. */
export async function findRun(runId: string, session: Session): Promise<PinnedRun> {
  const [row] = await session.query(
    `select *, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as clock from audit.runs where run_id = $1`,
    [runId],
  );
  if (!row) throw new EngineError('RUN_NOT_FOUND', `no run ${runId}`);
  const request = BuildRequest.parse(row['request'] ? JSON.parse(row['request']) : {});
  return {
    runId,
    runNo: row['run_no'] as string,
    vertical: row['vertical'] as string,
    kind: row['kind'] as PinnedRun['kind'],
    project: row['project'] as string,
    projectHash: row['project_hash'] as string,
    toolVersion: row['tool_version'] as string,
    vars: JSON.parse(row['vars'] as string) as PinnedRun['vars'],
    fullRefresh: row['full_refresh'] === 't',
    request,
    runClock: request.runClock ?? (row['clock'] as string),
  };
}
