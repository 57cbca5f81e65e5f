import { resolveEnv } from '../engine/config/resolve-env.ts';
import { openSource } from '../engine/connectors/open-source.ts';
import type { OpenSource } from '../engine/connectors/connector.ts';
import type { Connection } from '../engine/contracts/config.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import { SourceInput } from '../engine/contracts/run.ts';
import type { PullSummary, RunRef, VerifySummary } from '../engine/contracts/run.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { extract } from '../engine/extract/extract.ts';
import { land } from '../engine/land/land.ts';
import { recordPull } from '../engine/land/record-pull.ts';
import type { LandedPull } from '../engine/land/record-pull.ts';
import { verify } from '../engine/verify/verify.ts';
import { asActivity } from './as-activity.ts';
import type { ActivityDeps } from './deps.ts';
import { loadRun } from './load-run.ts';

/** Extracts and lands a source system, then ties out what landed. */
export function pullActivities(deps: ActivityDeps) {
  return {
    /**
     * Extract and land share an activity because the rows stream from one to the other: all tables of the source in one
     * snapshot, which lives and dies with this attempt.
     */
    pullSource: (input: SourceInput): Promise<PullSummary> =>
      asActivity(async (attempt) => {
        const { run, source } = SourceInput.parse(input);
        const { project } = await loadRun(run, deps);
        const tables = project.sources.filter((table) => table.vertical === run.vertical && table.source === source);
        const name = tables[0]?.connection ?? source;
        const connection = resolveConnection(project.config.connections[name] as Connection, deps);
        const open = await openSource(connection, { name, root: deps.root });
        try {
          const landed: LandedPull[] = [];
          for (const table of tables) landed.push(await pullTable({ run, table, open, attempt }, deps));
          const recorded = await recordPull({ run, source, tables: landed }, deps);
          return { tables: recorded.map(({ table, manifest }) => ({ table, rows: manifest.copiedRows })) };
        } finally {
          await open.close();
        }
      }),

    verifySource: (input: SourceInput): Promise<VerifySummary> =>
      asActivity(async (attempt) => {
        const { run, source } = SourceInput.parse(input);
        const { pinned } = await loadRun(run, deps);
        const tieOuts = await recordStep(
          { runId: run.runId, step: 'verify', subject: source, attempt },
          deps.warehouse,
          async () => {
            const result = await verify({ run, source, fullRefresh: pinned.fullRefresh }, deps);
            const sum = (figure: (tieOut: (typeof result)[number]) => string): string =>
              result.reduce((total, tieOut) => total + BigInt(figure(tieOut)), 0n).toString();
            const figures = {
              'figures tied out': String(result.flatMap(({ lines }) => lines).length),
              added: sum(({ addedRows }) => addedRows),
              removed: sum(({ removedRows }) => removedRows),
              'of them restated': sum(({ changedKeys }) => changedKeys),
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

async function pullTable(
  input: { readonly run: RunRef; readonly table: DeclaredSource; readonly open: OpenSource; readonly attempt: number },
  deps: ActivityDeps,
): Promise<LandedPull> {
  const { run, table, open, attempt } = input;
  const subject = `${table.source}.${table.name}`;
  const read = await recordStep({ runId: run.runId, step: 'extract', subject, attempt }, deps.warehouse, async () => {
    const result = await open.read(table);
    const totals = result.sourceTotals.map(({ column, sum }): [string, string] => [`total ${column}`, sum ?? 'none']);
    return { result, figures: { rows: result.sourceRows.toString(), ...Object.fromEntries(totals) } };
  });
  return recordStep({ runId: run.runId, step: 'land', subject, attempt }, deps.warehouse, async () => {
    const extraction = extract(table, read);
    const { besideTable, rows } = await land(
      {
        runNo: run.runNo,
        attempt,
        source: table.source,
        table: table.name,
        columns: extraction.columns,
        rows: extraction.rows,
      },
      deps,
    );
    const [now] = await deps.warehouse.query(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    );
    const manifest = extraction.manifest({ rows, at: now?.['at'] ?? '' });
    return {
      result: { table: table.name, besideTable, manifest },
      figures: { rows: rows.toString(), hash: manifest.contentHash.slice(0, 12) },
    };
  });
}

function resolveConnection(connection: Connection, deps: ActivityDeps): Connection {
  return connection.type === 'postgres' ? { ...connection, url: resolveEnv(connection.url, deps.env) } : connection;
}
