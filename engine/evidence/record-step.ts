import { EngineError } from '../errors.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface Step {
  readonly runId: string;
  readonly step: string;
  readonly subject: string | null;
  readonly attempt: number;
}

type Figures = Readonly<Record<string, string>>;
type Work<T> = () => Promise<{ readonly result: T; readonly figures: Figures }>;

/**
 * Runs a step and keeps when it started, how long it took and its figures, for progress lines and the status page. The figures
 * are counts and sums as text.
 */
export async function recordStep<T>(step: Step, warehouse: Warehouse, work: Work<T>): Promise<T> {
  await note(step, warehouse, 'started', {});
  return endStep(step, warehouse, work);
}

/** The first part of a step that several activities share. A failure is kept; success is for the last part to tell. */
export async function beginStep<T>(step: Step, warehouse: Warehouse, work: () => Promise<T>): Promise<T> {
  await note(step, warehouse, 'started', {});
  return continueStep(step, warehouse, work);
}

/** A part between the first and the last. */
export async function continueStep<T>(step: Step, warehouse: Warehouse, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await noteFailure(step, warehouse, error);
    throw error;
  }
}

/** The last part: how long all of it took counts from the first. */
export async function endStep<T>(step: Step, warehouse: Warehouse, work: Work<T>): Promise<T> {
  return continueStep(step, warehouse, async () => {
    const { result, figures } = await work();
    await note(step, warehouse, 'done', { figures: JSON.stringify(figures) });
    return result;
  });
}

async function noteFailure(step: Step, warehouse: Warehouse, error: unknown): Promise<void> {
  const message = error instanceof EngineError ? error.message : 'unexpected error';
  // The warehouse itself may be what failed: the step's own error is the one to tell.
  await note(step, warehouse, 'failed', { message }).catch(() => undefined);
}

async function note(
  { runId, step, subject, attempt }: Step,
  warehouse: Warehouse,
  event: 'started' | 'done' | 'failed',
  { figures = null, message = null }: { readonly figures?: string | null; readonly message?: string | null },
): Promise<void> {
  await warehouse.execute(
    `insert into audit.step_events (run_id, step, subject, event, attempt, figures, message, duration_ms)
     select $1, $2, $3, $4, $5, $6, $7, case when $4 <> 'started' then (
       select round(extract(epoch from clock_timestamp() - max(at)) * 1000) from audit.step_events
       where run_id = $1 and step = $2 and subject is not distinct from $3 and event = 'started'
     ) end`,
    [runId, step, subject, event, String(attempt), figures, message],
  );
}
