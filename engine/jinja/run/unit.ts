import type { Place } from '../../errors.ts';
import type { At } from '../syntax/nodes.ts';

/** What the code of one template needs of the engine it is in. */
export interface Unit {
  /** Where a node stands in its file. */
  readonly at: (node: At) => Place;
  /** Whether a name is a word or a macro; asks for no value. */
  readonly has: (name: string) => boolean;
  /** A word, a macro, or NOTHING. */
  readonly resolve: (name: string) => unknown;
  /** Every word and macro that this template may name. */
  readonly known: () => readonly string[];
  /** Whether this template gives a name a value somewhere. */
  readonly assigned: (name: string) => boolean;
  /** The macros of another file, for `import`. */
  readonly macrosOf: (file: string) => ReadonlyMap<string, unknown>;
  /** Told of each macro of this template that is called; what it gives is taken instead of running it. */
  readonly onMacro: (name: string) => { readonly value: unknown } | undefined;
}

export const NOTHING = Symbol('no such name');
