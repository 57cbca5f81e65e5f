import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import type { Tone } from '../badge.ts';
import { countOf, formatDuration } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

const TONES = { running: 'busy', done: 'good', failed: 'bad' } as const satisfies Readonly<
  Record<VerticalStatus['steps'][number]['status'], Tone>
>;

/** The steps of the last run, in order; folded away unless the run is under way or failed. */
export function runSection({ lastRun, steps }: VerticalStatus): ComponentChild {
  if (lastRun === null) return h('p', { class: 'empty' }, 'There has been no run.');
  return h(
    'details',
    { open: lastRun.status === 'running' || lastRun.status === 'failed' },
    h('summary', null, `Run ${lastRun.runNo} ${lastRun.status}: ${countOf(steps.length, 'step')}`),
    table({
      caption: `Steps of run ${lastRun.runNo}`,
      columns: [
        { head: 'Step' },
        { head: 'Subject' },
        { head: 'Status' },
        { head: 'Took', numeric: true },
        { head: 'Figures', secondary: true },
      ],
      rows: steps.map((step) => [
        step.step,
        step.subject ?? '',
        badge(TONES[step.status], step.status),
        formatDuration(step.durationMs),
        Object.entries(step.figures)
          .map(([name, value]) => `${name} ${value}`)
          .join(', '),
      ]),
      empty: 'No step has been recorded.',
    }),
  );
}
