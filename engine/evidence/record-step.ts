import { EngineError } from '../errors.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface Step {
  readonly runId: string;
  readonly step: string;
  readonly subject: string | null;
  readonly attempt: number;
}

/**
 * Runs a step and keeps when it started, how long it took and its figures, for progress lines and the status page. The figures
 * are counts and sums as text.
 */
export async function recordStep<T>(
  step: Step,
  warehouse: Warehouse,
  work: () => Promise<{ readonly result: T; readonly figures: Readonly<Record<string, string>> }>,
): Promise<T> {
  const note = async (
    event: string,
    rest: { durationMs?: number; figures?: object; message?: string } = {},
  ): Promise<void> => {
    await warehouse.execute(
      `insert into audit.step_events (run_id, step, subject, event, attempt, duration_ms, figures, message) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        step.runId,
        step.step,
        step.subject,
        event,
        String(step.attempt),
        rest.durationMs === undefined ? null : String(Math.round(rest.durationMs)),
        rest.figures === undefined ? null : JSON.stringify(rest.figures),
        rest.message ?? null,
      ],
    );
  };
  await note('started');
  const started = performance.now();
  try {
    const { result, figures } = await work();
    await note('done', { durationMs: performance.now() - started, figures });
    return result;
  } catch (error) {
    const message = error instanceof EngineError ? error.message : 'unexpected error';
    // The warehouse itself may be what failed: the step's own error is the one to tell.
    await note('failed', { durationMs: performance.now() - started, message }).catch(() => undefined);
    throw error;
  }
}
