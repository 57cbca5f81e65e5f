import nunjucks from 'nunjucks';
import { didYouMean } from '../config/did-you-mean.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { HIDDEN_MEMBERS } from './strict-runtime.ts';
import { atPlace, isOfNunjucks, withPlaces } from './template-error.ts';
import type { Placing } from './template-error.ts';
import { readTemplate } from './template-syntax.ts';
import type { NamedPlace, TemplateCall, TemplateSyntax } from './template-syntax.ts';

type Words = Readonly<Record<string, unknown>>;

export interface Template {
  readonly calls: readonly TemplateCall[];
  /** Where a position in the template's text stands in its file. */
  readonly place: Placing;
  /** `words` are known to this template only. Throws EngineError with file, line and column. */
  readonly render: (words: Words) => string;
}

export interface TemplateEngine {
  /** Parses a template and refuses what is wrong whatever its values: names that nobody defines, calls that `check` refuses. */
  readonly parse: (text: string, start: Place, ownWords: readonly string[]) => Template;
  /** Makes the macros of these files words of every template. */
  readonly addMacros: (files: readonly { readonly file: string; readonly template: string }[]) => void;
}

interface Environment {
  readonly globals: Record<string, unknown>;
  readonly filters: Record<string, unknown>;
  readonly tests: Record<string, unknown>;
}
interface Compiled {
  render(words: Words): string;
  getExported(done: (error: unknown, exported: Record<string, unknown> | null) => void): void;
}
type Macro = (...values: unknown[]) => unknown;

/** One nunjucks environment with `words` in every template, True, False and None as in Jinja, and every error at its place. */
export function createTemplateEngine(words: Words, check: (call: TemplateCall) => void): TemplateEngine {
  const environment = new nunjucks.Environment([], { autoescape: false, throwOnUndefined: true, dev: true });
  const { globals, filters, tests } = environment as unknown as Environment;
  // Compiled SQL is evidence: the same project gives the same bytes.
  delete filters['random'];
  Object.assign(globals, words, { True: true, False: false, None: null });

  const compile = (text: string, start: Place, ownWords: readonly string[]): Template & { compiled: Compiled } => {
    const place = placingFrom(start);
    const syntax = withPlaces(place, [], () => readTemplate(text));
    refuseOtherFiles(syntax, place);
    refuseUnknown('word', syntax.names, [...Object.keys(globals), ...ownWords], place);
    refuseUnknown('filter', syntax.filters, Object.keys(filters), place);
    refuseUnknown('test', syntax.tests, Object.keys(tests), place);
    for (const call of syntax.calls) atPlace(place(call), () => check(call));
    const compiled = withPlaces(
      place,
      [],
      () => new nunjucks.Template(text, environment, start.file, true),
    ) as unknown as Compiled;
    const render = (own: Words): string => withPlaces(place, syntax.calls, () => compiled.render(own));
    return { calls: syntax.calls, place, render, compiled };
  };

  const addMacros: TemplateEngine['addMacros'] = (files) => {
    const homes = homesOfMacros(files, globals);
    // All names first, so that a macro can call one of a later file.
    for (const name of homes.keys()) globals[name] = null;
    for (const { file, template } of files) {
      const { place, calls, compiled } = compile(template, { file }, []);
      const exported = withPlaces(place, calls, () => exportsOf(compiled));
      for (const [name, home] of homes) {
        const macro = exported[name];
        if (home === file && typeof macro === 'function') globals[name] = placing(macro as Macro, place);
      }
    }
  };
  return { parse: compile, addMacros };
}

function homesOfMacros(files: Parameters<TemplateEngine['addMacros']>[0], words: Words): ReadonlyMap<string, string> {
  const homes = new Map<string, string>();
  for (const { file, template } of files) {
    const place = placingFrom({ file });
    for (const macro of withPlaces(place, [], () => readTemplate(template)).macros) {
      if (macro.name.startsWith('_')) continue;
      const home = homes.get(macro.name);
      if (home !== undefined) refuse(`a macro '${macro.name}' is also in ${home}`, place(macro));
      if (macro.name in words)
        refuse(`'${macro.name}' is a word of every template; name the macro otherwise`, place(macro));
      homes.set(macro.name, file);
    }
  }
  return homes;
}

function exportsOf(compiled: Compiled): Record<string, unknown> {
  let result: Record<string, unknown> = {};
  compiled.getExported((error, exported) => {
    if (error instanceof Error) throw error;
    result = exported ?? {};
  });
  return result;
}

/** What a macro itself gets wrong is told at its own place; what a word refuses in it, where the macro is called. */
function placing(macro: Macro, place: Placing): Macro {
  return function (this: unknown, ...values) {
    try {
      return macro.apply(this, values);
    } catch (error) {
      if (!isOfNunjucks(error)) throw error;
      return withPlaces(place, [], () => {
        throw error;
      });
    }
  };
}

function refuseOtherFiles({ otherFiles, members }: TemplateSyntax, place: Placing): void {
  const [other] = otherFiles;
  if (other) refuse('a template is one file; what several share is a macro in sql/macros/', place(other));
  const hidden = members.find(({ name }) => HIDDEN_MEMBERS.includes(name));
  if (hidden) refuse(`'${hidden.name}' is not for templates`, place(hidden));
}

function refuseUnknown(what: string, used: readonly NamedPlace[], known: readonly string[], place: Placing): void {
  const unknown = used.find(({ name }) => !known.includes(name));
  if (unknown) refuse(`no ${what} '${unknown.name}'${didYouMean(unknown.name, known)}`, place(unknown));
}

function placingFrom({ file, line: first = 1, column: left }: Place): Placing {
  return ({ line, column }) => {
    // The first line of a template inside another file begins at a column of that file, which may not be known.
    const outer = first === 1 ? column : undefined;
    return { file, line: first + line - 1, column: line > 1 ? column : left === undefined ? outer : left + column - 1 };
  };
}

function refuse(message: string, place: Place): never {
  throw new EngineError('COMPILE_TEMPLATE', message, { place });
}
