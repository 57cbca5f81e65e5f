import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { badge } from '../badge.ts';
import type { Tone } from '../badge.ts';
import { formatAmount, formatDecimal, NO_VALUE } from '../format.ts';
import type { VerticalStatus } from '../status.ts';

type KriLine = VerticalStatus['kris'][number];

const COLOURS = {
  red: ['bad', 'red'],
  error: ['bad', 'error'],
  amber: ['attention', 'amber'],
  no_data: ['none', 'no data'],
  green: ['good', 'green'],
} as const satisfies Readonly<Record<KriLine['colour'], readonly [Tone, string]>>;

/** A tile per key risk indicator, the worst first: its value, the word of its colour, and what it was worked out from. */
export function krisSection({ kris }: VerticalStatus): ComponentChild {
  if (kris.length === 0) return h('p', { class: 'empty' }, 'No key risk indicator has been read.');
  const worstFirst = Object.keys(COLOURS);
  const sorted = kris.toSorted((a, b) => worstFirst.indexOf(a.colour) - worstFirst.indexOf(b.colour));
  return h('ul', { class: 'tiles' }, sorted.map(tile));
}

function tile(kri: KriLine): ComponentChild {
  const [tone, word] = COLOURS[kri.colour];
  return h(
    'li',
    { class: `tile ${tone}` },
    h('p', { class: 'tile-head' }, h('code', null, kri.id), badge(tone, word)),
    h('p', { class: 'tile-title' }, kri.title),
    h('p', { class: 'figure' }, figure(kri.value, kri.unit)),
    h('p', { class: 'quiet' }, workings(kri)),
  );
}

function figure(value: string | null, unit: KriLine['unit']): string {
  if (value === null) return NO_VALUE;
  switch (unit) {
    case 'percent':
      return `${formatDecimal(value)} %`;
    case 'amount':
      return formatAmount(value);
    case 'count':
      return formatDecimal(value);
  }
}

function workings({ value, numerator, denominator, unit }: KriLine): string {
  if (value === null) return 'no reading';
  if (numerator !== null && denominator !== null) return `${formatDecimal(numerator)} of ${formatDecimal(denominator)}`;
  return unit === 'amount' ? 'sum' : 'counted';
}
