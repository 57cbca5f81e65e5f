import { didYouMean } from '../config/did-you-mean.ts';
import { Dict } from './python/dict.ts';

/** Arguments given by name, in their order. */
export type Named = readonly (readonly [name: string, value: unknown])[];

/**
 * A filter, test, method or function that is built in: its parameters' names in their order, `*rest` and `**named` at the end, and
 * what it does; `rest` comes as a list, `named` as a dict, a parameter that is not given as undefined.
 */
export interface Native {
  readonly parameters: readonly string[];
  readonly required: number;
  readonly run: (...args: readonly never[]) => unknown;
}

/** `parameters` as in Python: `'width, first=False, *rest, **named'`; defaults are told for the reader and filled by `run`. */
export function native(parameters: string, run: (...args: readonly never[]) => unknown): Native {
  const each = parameters === '' ? [] : parameters.split(/,\s*/);
  const names = each.map((parameter) => parameter.replace(/=.*/, ''));
  return { parameters: names, required: each.filter((parameter) => !/[=*]/.test(parameter)).length, run };
}

/** The arguments in the order of the parameters; throws when they do not fit. `lead` are values that come before them. */
export function callNative(
  what: string,
  { parameters, required, run }: Native,
  lead: readonly unknown[],
  positional: readonly unknown[],
  named: Named,
): unknown {
  const plainNames = parameters.filter((name) => !name.startsWith('*'));
  const takesRest = parameters.some((name) => name.startsWith('*') && !name.startsWith('**'));
  const takesNamed = parameters.some((name) => name.startsWith('**'));
  const args: unknown[] = positional.slice(0, plainNames.length);
  const rest = positional.slice(plainNames.length);
  if (rest.length > 0 && !takesRest) {
    throw new Error(`${what} takes ${plainNames.length === 0 ? 'nothing' : `at most ${plainNames.join(', ')}`}`);
  }
  const further = new Dict();
  for (const [name, value] of named) {
    const at = plainNames.indexOf(name);
    if (at >= 0 && at < positional.length) throw new Error(`${what} is given ${name} twice`);
    if (at >= 0) args[at] = value;
    else if (takesNamed) further.set(name, value);
    else throw new Error(`${what} has no argument '${name}'${didYouMean(name, plainNames)}`);
  }
  const missing = plainNames.slice(0, required).find((_, at) => !(at in args));
  if (missing !== undefined) throw new Error(`${what} needs ${missing}`);
  args.length = plainNames.length;
  const all = [...lead, ...args, ...(takesRest ? [rest] : []), ...(takesNamed ? [further] : [])];
  return run(...(all as never[]));
}
