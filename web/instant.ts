import { h } from 'preact';
import type { ComponentChild } from 'preact';
import { formatInstant } from './format.ts';

/** A moment as people read it, and exact for programs. */
export function instant(at: string): ComponentChild {
  return h('time', { dateTime: at }, formatInstant(at));
}
