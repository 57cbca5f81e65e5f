import { EngineError, formatPlace } from '../errors.ts';
import type { Place } from '../errors.ts';
import { atPlace } from '../jinja/template-error.ts';
import { didYouMean } from '../config/did-you-mean.ts';
import { evaluate } from './evaluate.ts';
import type { ParsedProject } from './parse-project.ts';
import { text } from './python/text.ts';
import type { Macro } from './template-words.ts';

export function hasTestMacro(name: string, parsed: ParsedProject): boolean {
  return findTest(name, parsed) !== undefined;
}

/** What renders the query of a generic test from its macro. */
export function runTest(
  name: string,
  kwargs: Readonly<Record<string, unknown>>,
  { parsed, place }: { readonly parsed: ParsedProject; readonly place: Place },
): () => string {
  const macro = findTest(name, parsed);
  if (macro === undefined) {
    const known = testNames(parsed);
    throw new EngineError('COMPILE_TEMPLATE', `no test '${name}'${didYouMean(name, known)}`, { place });
  }
  const run = (): string => {
    const given = Object.entries(kwargs).map(([key, value]) => [
      key,
      keepsText(key) ? value : evaluate(value, parsed.engine, { place, calls: true }),
    ]);
    return text(macro({ ...Object.fromEntries(given), __keywords: true }));
  };
  return () => {
    try {
      return atPlace(place, run);
    } catch (error) {
      throw usedAt(error, name, place);
    }
  };
}

/** What goes wrong in a macro is told where it does; who uses the test looks where it is used. */
function usedAt(error: unknown, name: string, place: Place): unknown {
  if (!(error instanceof EngineError) || error.place === undefined || error.place.file === place.file) return error;
  const said = error.message.replace(`${formatPlace(error.place)}: `, '').replace(` [${error.code}]`, '');
  return new EngineError(error.code, `${said} (test ${name}, used at ${formatPlace(place)})`, { place: error.place });
}

/** What runs a macro by its name, or `package.name`. */
export function macroNamed(
  name: string,
  kwargs: Readonly<Record<string, unknown>>,
  { engine, project }: ParsedProject,
): () => string {
  const [home, own] = split(name, project.config.name);
  const macro = engine.macro(home, own);
  if (macro === undefined) {
    const known = engine.macroNames(project.config.name);
    throw new EngineError('COMPILE_TEMPLATE', `no macro '${name}'${didYouMean(name, known)}`);
  }
  return () => text(macro({ ...kwargs, __keywords: true }));
}

function findTest(name: string, { engine, project }: ParsedProject): Macro | undefined {
  const [home, own] = split(name, project.config.name);
  return engine.macro(home, `test_${own}`);
}

function testNames({ engine, project }: ParsedProject): readonly string[] {
  return engine
    .macroNames(project.config.name)
    .filter((name) => name.startsWith('test_'))
    .map((name) => name.slice('test_'.length));
}

function split(name: string, home: string): readonly [home: string, name: string] {
  const dot = name.indexOf('.');
  return dot < 0 ? [home, name] : [name.slice(0, dot), name.slice(dot + 1)];
}

/** `model` is SQL already, and a column may be named as it likes. */
function keepsText(key: string): boolean {
  return key === 'model' || key === 'column_name';
}
