import { didYouMean } from '../config/did-you-mean.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { trust } from './callable.ts';
import { GLOBALS } from './globals.ts';
import { HIDDEN_MEMBERS } from './hidden-members.ts';
import { FILTERS } from './filters/filters.ts';
import { createMacroLibrary } from './macro-library.ts';
import type { MacroFile } from './macro-library.ts';
import { placingFrom, refuseReserved } from './placing.ts';
import { forgiving } from './python/forgiving.ts';
import { compileBody } from './run/compile-statement.ts';
import { Frame } from './run/frame.ts';
import type { Macro } from './run/macro.ts';
import { Return } from './run/signals.ts';
import { NOTHING } from './run/unit.ts';
import type { Unit } from './run/unit.ts';
import { parseTemplate } from './syntax/parse-template.ts';
import { withPlaces } from './template-error.ts';
import type { Placing } from './template-error.ts';
import { readTemplate } from './template-syntax.ts';
import type { NamedPlace, TemplateCall } from './template-syntax.ts';
import { TESTS } from './tests.ts';

type Words = Readonly<Record<string, unknown>>;

export interface Template {
  readonly calls: readonly TemplateCall[];
  /** Where a position in the template's text stands in its file. */
  readonly place: Placing;
  /**
   * `words` are known to this template, and to the macros it calls, only. Guarded values are marks in the text: `placeGuarded`
   * makes SQL of it. Throws EngineError with file, line and column.
   */
  readonly render: (words: Words) => string;
}

export interface TemplateEngine {
  /** Parses a template and refuses what is wrong whatever its values: names that nobody defines, calls that `check` refuses. */
  readonly parse: (text: string, start: Place, ownWords: readonly string[]) => Template;
  /**
   * Makes the macros of these files words: by their own name in templates of the project and in their own package, and as
   * `package.name` everywhere. A file without a package is the project's.
   */
  readonly addMacros: (files: readonly MacroFile[]) => void;
  /** A macro by its package and name; `{% test x %}` is the macro `test_x`. Takes named arguments as a last object of `keywords`. */
  readonly macro: (home: string, name: string) => Macro | undefined;
  readonly macroNames: (home: string) => readonly string[];
}

export interface EngineOptions {
  /** The project's name: its macros need no package before theirs. */
  readonly project?: string;
  /** Words that a macro of the project may replace. */
  readonly replaceable?: ReadonlySet<string>;
  /** Told of every macro that is called; what it gives is taken instead of running the macro. */
  readonly onMacro?: (home: string, name: string) => { readonly value: unknown } | undefined;
  /**
   * Asked before each rendering: whether what has no value is taken for nothing, unknown names too, as dbt does while it parses.
   * Left out, it is an error to write or call it.
   */
  readonly forgives?: () => boolean;
  /** Throws a WordFailure for a call that is wrong whatever its values. Only calls that are reached in any case are asked about. */
  readonly check?: (call: TemplateCall) => void;
}

/**
 * Jinja as dbt has it, with `words` in every template and every error at its place. A word's value is read each time it is used, so
 * it may be a getter. Words are given dicts as objects and named arguments as a last object with `__keywords`.
 */
export function createTemplateEngine(words: object, options: EngineOptions = {}): TemplateEngine {
  const base = words as Words;
  // They turn values into SQL; what any other word makes of a guarded text stays guarded.
  trust(base['literal']);
  trust(base['identifier']);
  const forgives = options.forgives ?? (() => false);
  let own: Words = {};
  const library = createMacroLibrary({
    project: options.project ?? '',
    hasWord: (name) =>
      Object.hasOwn(own, name) || (name in base && !(name in Object.prototype)) || Object.hasOwn(GLOBALS, name),
    words: () => [...Object.keys(own), ...Object.keys(base), ...Object.keys(GLOBALS)],
    wordOf: (name) => {
      if (Object.hasOwn(own, name)) return own[name];
      if (name in base && !(name in Object.prototype)) return base[name];
      return Object.hasOwn(GLOBALS, name) ? GLOBALS[name] : NOTHING;
    },
    mayReplace: (name) => !(name in base) || (options.replaceable?.has(name) ?? false),
    onMacro: options.onMacro ?? (() => undefined),
    forgives,
  });

  const parse: TemplateEngine['parse'] = (text, start, ownWords) => {
    const place = placingFrom(start);
    refuseReserved(text, place);
    if (!/\{[{%#]/.test(text)) return { calls: [], place, render: () => text };
    const body = withPlaces(place, () => parseTemplate(text));
    const { calls, names, filters, tests, members, assigned } = readTemplate(body);
    const hidden = members.find(({ name }) => HIDDEN_MEMBERS.includes(name));
    if (hidden) refuse(`'${hidden.name}' is not for templates`, place(hidden));
    const unit: Unit = { ...library.unit(options.project ?? '', place), assigned: (name) => assigned.has(name) };
    refuseUnknown(
      'word',
      names,
      (name) => ownWords.includes(name) || unit.has(name),
      () => [...ownWords, ...unit.known()],
      place,
    );
    refuseUnknown(
      'filter',
      filters,
      (name) => FILTERS.has(name),
      () => [...FILTERS.keys()],
      place,
    );
    refuseUnknown(
      'test',
      tests,
      (name) => TESTS.has(name),
      () => [...TESTS.keys()],
      place,
    );
    const { check } = options;
    if (check) for (const call of calls) if (call.certain) withPlaces(place, () => check(call), call);
    let run: ReturnType<typeof compileBody> | undefined;
    const render = (given: Words): string => {
      const before = own;
      own = given;
      try {
        return withPlaces(place, () => {
          run ??= compileBody(body, unit);
          const out = { text: '' };
          forgiving(forgives(), () => run?.(new Frame(), out));
          return out.text;
        });
      } catch (error) {
        if (!(error instanceof Return)) throw error;
        return refuse(
          'return() stands outside of a macro',
          place(calls.find(({ name }) => name === 'return') ?? FIRST),
        );
      } finally {
        own = before;
      }
    };
    return { calls, place, render };
  };
  return { parse, addMacros: library.add, macro: library.macro, macroNames: library.names };
}

const FIRST = { line: 1, column: 1 };

function refuseUnknown(
  what: string,
  used: readonly NamedPlace[],
  isKnown: (name: string) => boolean,
  known: () => readonly string[],
  place: Placing,
): void {
  const unknown = used.find(({ name }) => !isKnown(name));
  if (unknown) refuse(`no ${what} '${unknown.name}'${didYouMean(unknown.name, known())}`, place(unknown));
}

function refuse(message: string, place: Place): never {
  throw new EngineError('COMPILE_TEMPLATE', message, { place });
}
