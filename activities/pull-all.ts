import type { OpenSource } from '../engine/connectors/connector.ts';
import type { Connection } from '../engine/contracts/config.ts';
import type { DeclaredSource } from '../engine/contracts/project.ts';
import type { Backfill, RunRef } from '../engine/contracts/run.ts';
import { EngineError } from '../engine/errors.ts';
import type { LandedPull } from '../engine/land/record-pull.ts';
import { pullTable } from './pull-table.ts';
import type { PullTableDeps } from './pull-table.ts';

export interface PullAllInput {
  readonly run: RunRef;
  readonly attempt: number;
  readonly tables: readonly DeclaredSource[];
  readonly limits: Connection['limits'];
  readonly fullRefresh: boolean;
  readonly backfill: Backfill | undefined;
  readonly cancelled: AbortSignal;
  readonly open: (signal: AbortSignal) => Promise<OpenSource>;
}

/**
 * Pulls all tables of one source system at one moment, as many at once as the source allows. When one fails, or the moment is
 * lost, or the pull is cancelled, the others are stopped and waited for: nothing is read or written after this ends.
 */
export async function pullAll(input: PullAllInput, deps: PullTableDeps): Promise<readonly LandedPull[]> {
  const stop = new AbortController();
  const signal = AbortSignal.any([input.cancelled, stop.signal]);
  const open = await input.open(signal);
  const waiting = [...input.tables.entries()];
  const landed: LandedPull[] = [];
  const failures: unknown[] = [];

  const fail = (error: unknown): void => {
    failures.push(error);
    stop.abort();
  };
  const worker = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      const [at, table] = next;
      const { run, attempt, limits, fullRefresh } = input;
      const name = `${table.source}.${table.name}`;
      const backfill = input.backfill?.table === name ? input.backfill : undefined;
      landed[at] = await pullTable({ run, attempt, table, open, limits, fullRefresh, backfill, signal }, deps);
    }
  };
  open.lost.catch(fail);
  try {
    await Promise.all(Array.from({ length: Math.max(1, open.parallel) }, () => worker().catch(fail)));
  } finally {
    await open.close();
  }
  // The first one stopped the others; what they then say is only that.
  if (failures.length > 0) throw asError(failures[0]);
  if (input.cancelled.aborted) throw new EngineError('EXTRACT_CANCELLED', 'the pull was cancelled');
  return landed;
}

function asError(failure: unknown): Error {
  return failure instanceof Error ? failure : new Error('a table was not pulled');
}
