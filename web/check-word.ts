import type { ComponentChild } from 'preact';
import { badge } from './badge.ts';
import type { Tone } from './badge.ts';

/** How a check came out, as people read it: a waived failure is neither a failure nor ever a pass. The worst first. */
export const CHECK_WORDS = [
  ['fail', 'bad', 'fail'],
  ['error', 'bad', 'error'],
  ['no_data', 'none', 'no data'],
  ['skipped', 'none', 'skipped'],
  ['warn', 'attention', 'warn'],
  ['waived', 'attention', 'waived'],
  ['pass', 'good', 'pass'],
] as const satisfies readonly (readonly [string, Tone, string])[];

type CheckWord = (typeof CHECK_WORDS)[number][0];

type Verdict = { readonly status: Exclude<CheckWord, 'waived'>; readonly waiver?: object | null };

export function wordOf({ status, waiver }: Verdict): CheckWord {
  return waiver ? 'waived' : status;
}

export function toneOf(verdict: Verdict): Tone {
  return CHECK_WORDS.find(([word]) => word === wordOf(verdict))?.[1] ?? 'none';
}

export function checkBadge(verdict: Verdict): ComponentChild {
  const found = CHECK_WORDS.find(([word]) => word === wordOf(verdict));
  return found ? badge(found[1], found[2]) : null;
}
