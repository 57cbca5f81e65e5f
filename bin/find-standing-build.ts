import type { BuildCheck, BuildOutcome } from '../engine/contracts/build.ts';
import type { AppliedWaiver, CheckStatus } from '../engine/contracts/check.ts';
import type { Vars } from '../engine/contracts/run.ts';
import { readBuilds } from '../engine/transform/record-builds.ts';
import type { Session } from '../engine/warehouse/warehouse.ts';

/** The published run of a vertical as the outcome of a build that has nothing to do; undefined when it was of another project or did not run these checks. */
export async function findStandingBuild(
  wanted: {
    readonly vertical: string;
    readonly projectHash: string;
    readonly vars: Vars;
    readonly checks: readonly string[];
    /** The moment that the build says it is, ISO 8601 in UTC. */
    readonly runClock: string;
  },
  session: Session,
): Promise<BuildOutcome | undefined> {
  const { vertical } = wanted;
  const [run] = await session.query(
    `select r.run_id, r.run_no, r.project_hash, r.vars, to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_at
     from audit.current_publication p join audit.runs r using (run_id) where p.vertical = $1 and p.state = 'fresh'`,
    [vertical],
  );
  if (run?.['project_hash'] !== wanted.projectHash || run['vars'] !== JSON.stringify(wanted.vars)) return undefined;
  const runId = run['run_id'] as string;
  const rows = await session.query('select * from audit.check_results where run_id = $1 order by check_id', [runId]);
  const checks = rows
    .filter((row) => wanted.checks.includes(row['check_id'] as string))
    .map((row): BuildCheck => ({
      id: row['check_id'] as string,
      on: row['on_relation'] as string,
      status: row['status'] as CheckStatus,
      blocking: row['blocking'] === 't',
      population: row['population'] as string,
      failures: row['failures'] as string,
      message: row['message'] ?? null,
      durationMs: 0,
      reusedFrom: runId,
      waiver: row['waiver'] ? (JSON.parse(row['waiver']) as AppliedWaiver) : null,
    }));
  if (checks.length < wanted.checks.length) return undefined;
  // A failure whose waiver has ended does not stand: it is judged anew, and blocks.
  const today = wanted.runClock.slice(0, 10);
  if (checks.some(({ waiver }) => waiver && waiver.expires < today)) return undefined;
  const runNo = run['run_no'] as string;
  const builds = await readBuilds(runId, null, session);
  return {
    vertical,
    runId,
    runNo,
    status: 'nothing',
    reason: null,
    startedAt: run['started_at'] as string,
    durationMs: 0,
    models: builds.map((build) => ({
      ...build,
      status: 'no-op' as const,
      reason: `same definition and inputs as in run ${runNo}`,
      affected: null,
      durationMs: 0,
    })),
    checks,
    unitTests: [],
  };
}
