import { setTimeout as wait } from 'node:timers/promises';
import pc from 'picocolors';
import { readRunReport } from '../engine/evidence/run-report.ts';
import type { RunReport, StepReport } from '../engine/evidence/run-report.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import { formatDuration, formatNumber } from './format-number.ts';

const POLL_MS = 150;
/** A worker that is up takes a run in well under a second. */
const NO_WORKER_AFTER_MS = 10_000;

/**
 * Says one line for each step of a run as it ends, with its duration and figures, until the workflow has ended. What it says is
 * read from the warehouse, so it tells the same whichever worker did the work.
 */
export async function followRun(
  input: { readonly runId: string; readonly ended: Promise<unknown> },
  deps: { readonly warehouse: Warehouse; readonly say: (line: string) => void },
): Promise<RunReport | undefined> {
  let ended = false;
  const stop = (): void => {
    ended = true;
  };
  input.ended.then(stop, stop);
  const began = performance.now();
  let warned = false;
  const said = new Set<string>();
  for (;;) {
    const last = ended;
    const report = await readRunReport(input.runId, deps.warehouse);
    for (const step of report?.steps ?? []) {
      const key = `${step.step} ${step.subject} ${step.status} ${step.attempt}`;
      if (step.status === 'running' || said.has(key)) continue;
      said.add(key);
      deps.say(formatStep(step));
    }
    if (last) return report;
    if (report === undefined && !warned && performance.now() - began > NO_WORKER_AFTER_MS) {
      warned = true;
      deps.say('  no worker has taken the run yet; is `tickmark worker` running against this Temporal server?');
    }
    await wait(POLL_MS);
  }
}

function formatStep(step: StepReport): string {
  const mark = step.status === 'done' ? pc.green('ok    ') : pc.red('FAILED');
  const figures = Object.entries(step.figures).map(([name, value]) => `${name} ${formatNumber(value)}`);
  const again = step.attempt === '1' ? '' : ` (attempt ${step.attempt})`;
  const told = step.status === 'failed' ? (step.message ?? '') : figures.join(', ');
  const duration = formatDuration(step.durationMs ?? 0).padStart(8);
  return `  ${mark} ${step.step.padEnd(10)} ${(step.subject ?? '').padEnd(24)} ${pc.dim(duration)}  ${told}${again}`;
}
