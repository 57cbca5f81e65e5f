import { nameArguments } from '../words/arguments.ts';
import { plain } from '../words/plain.ts';
import { text } from './text.ts';

/** Times are made of numbers, so a guard on one of them is of no use. */
export function timeArguments(...given: Parameters<typeof nameArguments>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(nameArguments(...given)).map(([name, value]) => [name, plain(value)]));
}

/** A text that a template gave, without its guard: what is made of it are numbers. */
export function said(value: unknown): string {
  return text(plain(value));
}
