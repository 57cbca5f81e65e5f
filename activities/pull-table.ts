import type { OpenSource, TableRead } from '../engine/connectors/connector.ts';
import type { Connection } from '../engine/contracts/config.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import type { LandedState } from '../engine/contracts/pull.ts';
import type { RunRef } from '../engine/contracts/run.ts';
import { recordStep } from '../engine/evidence/record-step.ts';
import { extract } from '../engine/extract/extract.ts';
import type { ExtractDeps } from '../engine/extract/extract.ts';
import { findGap } from '../engine/extract/find-gap.ts';
import { planPull } from '../engine/extract/plan-pull.ts';
import type { BackfillRange, PullPlan } from '../engine/extract/plan-pull.ts';
import { keepRejected } from '../engine/land/keep-rejected.ts';
import type { RejectedRows } from '../engine/land/keep-rejected.ts';
import { land } from '../engine/land/land.ts';
import type { LandInput } from '../engine/land/land.ts';
import type { LandedPull } from '../engine/land/record-pull.ts';
import { findState } from '../engine/warehouse/landed-state.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';

export interface PullTableInput {
  readonly run: RunRef;
  readonly attempt: number;
  readonly table: DeclaredSource;
  readonly open: OpenSource;
  readonly limits: Connection['limits'];
  readonly fullRefresh: boolean;
  readonly backfill: BackfillRange | undefined;
  readonly signal: AbortSignal;
}

export type PullTableDeps = ExtractDeps & { readonly warehouse: Warehouse };

/**
 * Extracts and lands one table. An incremental pull that would not leave the whole table as the source has it reads every row
 * after all, in the same snapshot.
 */
export async function pullTable(input: PullTableInput, deps: PullTableDeps): Promise<LandedPull> {
  const { table, fullRefresh, backfill } = input;
  const state = await findState(deps.warehouse, table.source, table.name);
  const plan = planPull(table, { state, fullRefresh, backfill });
  const pull = await pullPlanned(input, { plan, state, widened: null }, deps);
  if (state === null || fullRefresh) return pull;
  const gap = await findGap({ manifest: pull.manifest, besideTable: pull.besideTable, state }, deps.warehouse);
  if (gap === null || plan.window === null) return pull;
  const whole: PullPlan = { ...plan, window: { ...plan.window, from: null } };
  return pullPlanned(input, { plan: whole, state, widened: gap }, deps);
}

async function pullPlanned(
  input: PullTableInput,
  planned: { readonly plan: PullPlan; readonly state: LandedState | null; readonly widened: string | null },
  deps: PullTableDeps,
): Promise<LandedPull> {
  const { run, table, attempt } = input;
  const { plan, state, widened } = planned;
  const subject = `${table.source}.${table.name}`;
  const landing = { runNo: run.runNo, attempt, source: table.source, table: table.name };
  const rejected = keepRejected(landing, deps);
  const read = await recordStep({ runId: run.runId, step: 'extract', subject, attempt }, deps.warehouse, async () => {
    const result: TableRead = await input.open.read({
      table,
      window: plan.window,
      standing: input.fullRefresh ? null : (state?.columns ?? null),
      reject: rejected.reject,
      signal: input.signal,
    });
    return { result, figures: { read: widened === null ? plan.mode : `${plan.mode}, widened: ${widened}` } };
  });
  return recordStep({ runId: run.runId, step: 'land', subject, attempt }, deps.warehouse, async () => {
    const extraction = extract(
      { table, read, mode: plan.mode, window: plan.window, widened, limits: input.limits, rejectedRows: rejected.rows },
      deps,
    );
    const landed = await landAll({ ...landing, columns: extraction.columns, rows: extraction.rows }, rejected, deps);
    const [now] = await deps.warehouse.query(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    );
    const manifest = await extraction.manifest({ rows: landed.rows, at: now?.['at'] ?? '' });
    const totals = manifest.sourceTotals.map(({ column, sum }): [string, string] => [`total ${column}`, sum ?? 'none']);
    const figures = {
      rows: manifest.copiedRows,
      ...Object.fromEntries(totals),
      ...(manifest.rejectedRows === '0' ? {} : { rejected: manifest.rejectedRows }),
      hash: manifest.contentHash.slice(0, 12),
    };
    return { result: { table: table.name, besideTable: landed.besideTable, manifest }, figures };
  });
}

/** Keeps rejected rows also when the others then do not land. */
async function landAll(input: LandInput, rejected: RejectedRows, deps: PullTableDeps): ReturnType<typeof land> {
  try {
    return await land(input, deps);
  } finally {
    await rejected.flush();
  }
}
