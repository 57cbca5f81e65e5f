import { didYouMean } from '../../config/did-you-mean.ts';
import { wordFailure } from '../../jinja/word-failure.ts';

/** What a template gave to a word: by position, and by name. */
export interface Given {
  readonly positional: readonly unknown[];
  readonly named: Readonly<Record<string, unknown>>;
}

/** Parts what nunjucks passes, which puts named arguments into a last object. */
export function splitArguments(given: readonly unknown[]): Given {
  const last = given.at(-1);
  if (typeof last !== 'object' || last === null || !('__keywords' in last)) return { positional: given, named: {} };
  const { __keywords: _, ...named } = last as Record<string, unknown>;
  return { positional: given.slice(0, -1), named };
}

/** What was given, by name, in the order that the word takes it; one too many or of an unknown name is a WordFailure. */
export function nameArguments(
  word: string,
  takes: readonly string[],
  given: readonly unknown[],
): Record<string, unknown> {
  const { positional, named } = splitArguments(given);
  if (positional.length > takes.length) {
    throw wordFailure('COMPILE_TEMPLATE', `${word} takes ${takes.length === 0 ? 'nothing' : takes.join(', ')}`);
  }
  const found: Record<string, unknown> = {};
  for (const [index, value] of positional.entries()) found[takes[index] ?? ''] = value;
  for (const [name, value] of Object.entries(named)) {
    if (!takes.includes(name)) {
      const list = takes.length === 0 ? 'it takes none' : `it takes ${takes.join(', ')}`;
      throw wordFailure(
        'COMPILE_TEMPLATE',
        `${word} has no argument '${name}'${didYouMean(name, takes) || `; ${list}`}`,
      );
    }
    if (name in found) throw wordFailure('COMPILE_TEMPLATE', `${word} was given '${name}' twice`);
    found[name] = value;
  }
  return found;
}
