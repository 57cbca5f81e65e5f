import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import type { Tone } from '../badge.ts';
import { formatDecimal, formatRate } from '../format.ts';
import type { VerticalStatus } from '../status.ts';
import { table } from '../table.ts';

type ControlLine = VerticalStatus['controls'][number];

const CONCLUSIONS = {
  effective: ['good', 'effective'],
  ineffective: ['bad', 'ineffective'],
  no_data: ['none', 'no data'],
  not_tested: ['none', 'not tested'],
} as const satisfies Readonly<Record<ControlLine['proposedConclusion'], readonly [Tone, string]>>;

/** The controls as tested over their whole populations. The machine proposes; a named person concludes. */
export function controlsSection({ controls }: VerticalStatus): ComponentChild {
  return table({
    caption: 'Proposed by the machine; the conclusion needs a named person',
    columns: [
      { head: 'Control' },
      { head: 'Proposed' },
      { head: 'Exceptions', numeric: true },
      { head: 'Population', numeric: true },
      { head: 'Deviation rate', numeric: true, secondary: true },
      { head: 'Upper limit', numeric: true, secondary: true },
    ],
    rows: controls.map((control) => {
      const [tone, word] = CONCLUSIONS[control.proposedConclusion];
      return [
        h('span', null, h('code', null, control.id), ' ', control.title),
        badge(tone, word),
        formatDecimal(control.exceptions),
        formatDecimal(control.population),
        formatRate(control.deviationRate),
        formatRate(control.upperLimit),
      ];
    }),
    empty: 'No control has been tested.',
  });
}
