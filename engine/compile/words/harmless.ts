import { guardedTextIn } from '../../jinja/guarded.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { plain } from './plain.ts';

/** What can be nothing but a name or a number, wherever it is written. */
const HARMLESS = /^(?!.*--)[A-Za-z0-9_.@:-]*$/;

/**
 * A value without its guard, for what keeps it and gives it back later, when nobody knows any more where it came from: so a guarded
 * text may only be a plain name. Lists and dicts are looked into.
 */
export function harmless(value: unknown, what: string): unknown {
  const from = guardedTextIn([value]);
  const bare = plain(value);
  if (from === undefined || isHarmless(bare)) return bare;
  throw wordFailure(
    'COMPILE_VAR',
    `the text of ${from} cannot be ${what}: it has other than letters, digits and _ . @ : -`,
  );
}

function isHarmless(value: unknown): boolean {
  if (typeof value === 'string') return HARMLESS.test(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every(isHarmless);
}
