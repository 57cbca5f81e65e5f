import { scaleLinear, scalePoint } from 'd3-scale';
import { area, line } from 'd3-shape';
import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { toneOf, wordOf } from './check-word.ts';
import type { VerdictLine } from './check-detail.ts';
import { formatDecimal, formatInstant } from './format.ts';

const [WIDTH, HEIGHT] = [900, 220];
const MARGIN = { top: 26, right: 16, bottom: 28, left: 84 };
/** Runs whose number stands below the chart. */
const LABELS = 12;

interface Plotted {
  readonly verdict: VerdictLine;
  /** Text as recorded; a number only to be drawn. */
  readonly shown: string | null;
}

/** What is drawn of each verdict: what the check measures when it measures something, else its violations. */
export function trendOf(verdicts: readonly VerdictLine[]): {
  readonly title: string;
  readonly points: readonly Plotted[];
} {
  const isMeasured = verdicts.some(({ measure }) => measure !== null);
  return {
    title: isMeasured ? 'What it measured, by run' : 'Violations, by run',
    points: verdicts.map((verdict) => {
      const looked = verdict.status !== 'error' && verdict.status !== 'skipped' && verdict.status !== 'no_data';
      return { verdict, shown: isMeasured ? verdict.measure : looked ? verdict.failures : null };
    }),
  };
}

/** The trend of a check as an image of lines: a point for each run in the colour of its verdict, and a dashed line with a number where the definition is another than before. No script. */
export function trendChart(verdicts: readonly VerdictLine[]): ComponentChild {
  const { title, points } = trendOf(verdicts);
  const across = scalePoint<number>()
    .domain(points.map((_, at) => at))
    .range([MARGIN.left, WIDTH - MARGIN.right])
    .padding(0.5);
  const values = points.flatMap(({ shown }) => (shown === null ? [] : [Number(shown)]));
  const up = scaleLinear()
    .domain([Math.min(0, ...values), Math.max(1, ...values)])
    .range([HEIGHT - MARGIN.bottom, MARGIN.top])
    .nice(4);
  const x = (at: number): number => across(at) ?? MARGIN.left;
  const y = ({ shown }: Plotted): number => up(Number(shown ?? 0));
  const isKnown = ({ shown }: Plotted): boolean => shown !== null;
  const shape = line<Plotted>((_, at) => x(at), y).defined(isKnown)(points);
  const below = area<Plotted>((_, at) => x(at), up(0), y).defined(isKnown)(points);
  const every = Math.max(1, Math.ceil(points.length / LABELS));
  return h(
    'svg',
    {
      class: 'trend',
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: 'img',
      'aria-label': `${title}; the table below has every figure`,
    },
    up
      .ticks(4)
      .map((tick) =>
        h(
          'g',
          { class: 'tick' },
          h('line', { x1: MARGIN.left, x2: WIDTH - MARGIN.right, y1: up(tick).toFixed(1), y2: up(tick).toFixed(1) }),
          h(
            'text',
            { x: MARGIN.left - 8, y: up(tick).toFixed(1), dy: '0.32em', 'text-anchor': 'end' },
            formatDecimal(String(tick)),
          ),
        ),
      ),
    below === null ? null : h('path', { class: 'below', d: below }),
    redefinitions(verdicts).map(({ at, no }) => {
      const between = ((x(at - 1) + x(at)) / 2).toFixed(1);
      return h(
        'g',
        { class: 'redefined' },
        h('line', { x1: between, x2: between, y1: MARGIN.top - 8, y2: HEIGHT - MARGIN.bottom }),
        h('text', { x: between, y: MARGIN.top - 12, 'text-anchor': 'middle' }, String(no)),
      );
    }),
    shape === null ? null : h('path', { class: 'line', d: shape }),
    points.map((point, at) => mark(point, x(at), point.shown === null ? up(0) : y(point))),
    points.map(({ verdict }, at) =>
      (points.length - 1 - at) % every === 0
        ? h('text', { class: 'run', x: x(at).toFixed(1), y: HEIGHT - 8, 'text-anchor': 'middle' }, verdict.runNo)
        : null,
    ),
  );
}

/** Where the definition is another than in the verdict before, numbered from the oldest as the list beside the chart is. */
export function redefinitions(
  verdicts: readonly VerdictLine[],
): readonly { readonly at: number; readonly no: number; readonly verdict: VerdictLine }[] {
  return (
    verdicts
      .map((verdict, at) => ({ at, verdict }))
      // Of the oldest that is shown the verdict before is not.
      .filter(({ at, verdict }) => at > 0 && verdict.isRedefined)
      .map(({ at, verdict }, index) => ({ at, verdict, no: index + 1 }))
  );
}

/** A round point for a verdict; a hollow square where there is none. */
function mark({ verdict, shown }: Plotted, x: number, y: number): ComponentChild {
  const figures = shown === null ? '' : `: ${formatDecimal(shown)} of ${formatDecimal(verdict.population)}`;
  const title = h(
    'title',
    null,
    `Run ${verdict.runNo}, ${formatInstant(verdict.checkedAt)}, ${wordOf(verdict)}${figures}`,
  );
  const tone = toneOf(verdict);
  return shown === null
    ? h('rect', { class: `mark ${tone}`, x: (x - 4).toFixed(1), y: (y - 4).toFixed(1), width: 8, height: 8 }, title)
    : h('circle', { class: `mark ${tone}`, cx: x.toFixed(1), cy: y.toFixed(1), r: 4.5 }, title);
}
