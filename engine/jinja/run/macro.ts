import { didYouMean } from '../../config/did-you-mean.ts';
import { asFunction } from '../call.ts';
import { CALL } from '../callable.ts';
import type { Callable } from '../callable.ts';
import type { Named } from '../native.ts';
import { Dict } from '../python/dict.ts';
import { tuple } from '../python/tuple.ts';
import { Frame } from './frame.ts';
import { Return } from './signals.ts';

/** What a macro is before it is called. */
export interface MacroDefinition {
  readonly name: string;
  readonly parameters: readonly {
    readonly name: string;
    readonly default: ((frame: Frame) => unknown) | undefined;
  }[];
  /** Of `varargs`, `kwargs` and `caller`, those that the body speaks of: it takes more arguments only if it does. */
  readonly uses: ReadonlySet<string>;
  readonly run: (frame: Frame) => string;
}

/** A macro as templates and words call it. */
export type Macro = ((...given: unknown[]) => unknown) & Callable & { readonly macro: MacroDefinition };

export function isMacro(value: unknown): value is Macro {
  return typeof value === 'function' && 'macro' in value && CALL in value;
}

/** Makes a macro over the names that are known where it stands. It gives its text, or what `return` was given; `onCall` may give another value instead. */
export function makeMacro(
  definition: MacroDefinition,
  outer: () => Frame,
  onCall: () => { readonly value: unknown } | undefined,
): Macro {
  const call = (positional: readonly unknown[], named: Named): unknown => {
    const frame = bind(definition, new Frame(outer()), positional, named);
    const instead = onCall();
    if (instead) return instead.value;
    try {
      return definition.run(frame);
    } catch (error) {
      if (error instanceof Return) return error.value;
      throw error;
    }
  };
  return Object.assign(asFunction(call), { macro: definition });
}

/** The body of a `{% call %}` as the macro that it is given to calls it; a `return` in it ends that macro. */
export function makeCaller(definition: MacroDefinition, outer: Frame): Callable {
  return asFunction((positional, named) => definition.run(bind(definition, new Frame(outer), positional, named)));
}

function bind(definition: MacroDefinition, frame: Frame, positional: readonly unknown[], named: Named): Frame {
  const { name: macro, parameters, uses } = definition;
  const names = parameters.map(({ name }) => name);
  const rest = positional.slice(parameters.length);
  if (rest.length > 0 && !uses.has('varargs')) {
    const takes = names.length === 0 ? 'nothing' : names.join(', ');
    throw new Error(`macro '${macro}' takes ${takes}, and is given ${positional.length} by position`);
  }
  const given = new Map<string, unknown>();
  positional.slice(0, parameters.length).forEach((value, at) => given.set(names[at] ?? '', value));
  const further = new Dict();
  let caller: unknown;
  for (const [name, value] of named) {
    if (given.has(name)) throw new Error(`macro '${macro}' is given ${name} twice`);
    if (names.includes(name)) given.set(name, value);
    else if (name === 'caller') caller = value;
    else further.set(name, value);
  }
  if (caller !== undefined && !uses.has('caller'))
    throw new Error(`macro '${macro}' cannot be used in {% call %}: it never speaks of caller`);
  if (further.size > 0 && !uses.has('kwargs')) {
    const unknown = String(further.keys()[0]);
    throw new Error(`macro '${macro}' has no argument '${unknown}'${didYouMean(unknown, names)}`);
  }
  for (const { name, default: otherwise } of parameters)
    frame.set(name, given.has(name) ? given.get(name) : otherwise?.(frame));
  if (uses.has('varargs')) frame.set('varargs', tuple(rest));
  if (uses.has('kwargs')) frame.set('kwargs', further);
  if (uses.has('caller') && !names.includes('caller')) frame.set('caller', caller);
  return frame;
}
