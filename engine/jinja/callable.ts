import type { Named } from './native.ts';

/** How something that templates made themselves is called: with their own values. All other functions are words. */
export const CALL = Symbol('called by templates');

export interface Callable {
  readonly [CALL]: (positional: readonly unknown[], named: Named) => unknown;
}

export function isCallable(value: unknown): value is Callable {
  return (typeof value === 'function' || (typeof value === 'object' && value !== null)) && CALL in value;
}

const trusted = new WeakSet<object>();

/** Says of a word that the text it makes of guarded values is SQL and no longer a value: it quotes them. */
export function trust(word: unknown): void {
  if (typeof word === 'function') trusted.add(word);
}

export function isTrusted(word: object): boolean {
  return trusted.has(word);
}
