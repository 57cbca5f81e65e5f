import { resolveConnection } from '../engine/config/resolve-connection.ts';
import { resolveEnv } from '../engine/config/resolve-env.ts';
import { openSource } from '../engine/connectors/open-source.ts';
import type { Connection } from '../engine/contracts/config.ts';
import type { Project } from '../engine/contracts/project.ts';
import { SourceInput } from '../engine/contracts/run.ts';
import type { PullSummary, VerifySummary } from '../engine/contracts/run.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { recordPull } from '../engine/land/record-pull.ts';
import { verify } from '../engine/verify/verify.ts';
import { asActivity } from './as-activity.ts';
import type { ActivityDeps } from './deps.ts';
import { loadRun } from './load-run.ts';
import { pullAll } from './pull-all.ts';

/** Extracts and lands a source system, then ties out what landed. */
export function pullActivities(deps: ActivityDeps) {
  return {
    /**
     * Extract and land share an activity because the rows stream from one to the other: all tables of the source in one
     * snapshot, which lives and dies with this attempt.
     */
    pullSource: (input: SourceInput): Promise<PullSummary> =>
      asActivity(async (attempt, cancelled) => {
        const { run, source, backfill } = SourceInput.parse(input);
        const { project, pinned } = await loadRun(run, deps);
        const tables = project.sources.filter((table) => table.vertical === run.vertical && table.source === source);
        const name = tables[0]?.connection ?? source;
        const connection = resolveConnection(project.config.connections[name] as Connection, deps.env);
        const pulls = await pullAll(
          {
            run,
            attempt,
            tables,
            limits: connection.limits,
            fullRefresh: pinned.fullRefresh,
            backfill,
            cancelled,
            open: (signal) => openSource(connection, { name, root: deps.root, signal }),
          },
          { ...deps, piiKey: piiKey(project, deps), projectHash: project.hash },
        );
        const recorded = await recordPull({ run, source, tables: pulls }, deps);
        return { tables: recorded.map(({ table, manifest }) => ({ table, rows: manifest.copiedRows })) };
      }),

    verifySource: (input: SourceInput): Promise<VerifySummary> =>
      asActivity(async (attempt) => {
        const { run, source } = SourceInput.parse(input);
        const { pinned, project } = await loadRun(run, deps);
        const closedPeriods = project.config.closed_periods;
        const tieOuts = await recordStep(
          { runId: run.runId, step: 'verify', subject: source, attempt },
          deps.warehouse,
          async () => {
            const result = await verify({ run, source, fullRefresh: pinned.fullRefresh, closedPeriods }, deps);
            const sum = (figure: (tieOut: (typeof result)[number]) => string): string =>
              result.reduce((total, tieOut) => total + BigInt(figure(tieOut)), 0n).toString();
            const changed = result.reduce((total, tieOut) => total + tieOut.closedPeriods.length, 0);
            const figures = {
              'figures tied out': String(result.flatMap(({ lines }) => lines).length),
              added: sum(({ addedRows }) => addedRows),
              removed: sum(({ removedRows }) => removedRows),
              'of them restated': sum(({ changedKeys }) => changedKeys),
              ...(changed === 0 ? {} : { 'closed periods changed': String(changed) }),
            };
            return { result, figures };
          },
        );
        return {
          tables: tieOuts.map((tieOut) => ({
            table: tieOut.table,
            landed: tieOut.landedRows,
            added: tieOut.addedRows,
            removed: tieOut.removedRows,
            changed: tieOut.changedKeys,
          })),
        };
      }),
  };
}

function piiKey(project: Project, deps: ActivityDeps): string | undefined {
  const key = project.config.pii_key;
  return key === undefined ? undefined : resolveEnv(key, deps.env);
}
