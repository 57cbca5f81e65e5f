import { wordFailure } from '../../jinja/word-failure.ts';
import { plainOf } from '../../jinja/guarded.ts';

/** A value as the engine takes it: without its guard, and a macro's text as text. For logic and names, never for SQL. */
export function plain(value: unknown): unknown {
  return plainOf(value instanceof String ? value.toString() : value);
}

/** The texts given, exactly this many; anything else is a WordFailure that tells what the word takes. */
export function texts(word: string, takes: string, given: readonly unknown[], count: number): string[] {
  const found = given.map(plain).filter((each) => typeof each === 'string');
  if (found.length === count && given.length === count) return found;
  throw wordFailure('COMPILE_TEMPLATE', `${word} takes ${takes}`);
}
