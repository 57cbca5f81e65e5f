import { didYouMean } from '../config/did-you-mean.ts';
import { parseVariable, VARIABLE_FORMS } from '../config/parse-variable.ts';
import type { Variable, VariableValue } from '../contracts/config.ts';
import { identifier, literal } from '../sql-text.ts';
import { AS_OF_FORMS, parseAsOf, relationAsOf } from './as-of.ts';
import type { AsOf } from './as-of.ts';
import type { TemplateCall } from './template-syntax.ts';
import { wordFailure } from './word-failure.ts';

/** What the words may speak of. */
export interface WordScope {
  /** The quoted relation of every model by name, and of every landed table as `source.table`. */
  readonly relations: ReadonlyMap<string, string>;
  readonly variables: Readonly<Record<string, Variable>>;
  readonly vars: Readonly<Record<string, VariableValue>>;
  readonly envVars: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly target: { readonly name: string };
}

/** What a template spoke of while it was rendered. */
export interface Spoken {
  readonly models: Set<string>;
  readonly sources: Set<string>;
  /** Values that begin with a minus: behind another one they would make a comment. */
  readonly negatives: Set<string>;
}

export interface TemplateWords {
  readonly words: Readonly<Record<string, unknown>>;
  /** Throws a WordFailure for a call that is wrong whatever its values, also where it would not be reached. */
  readonly check: (call: TemplateCall) => void;
  /** What the words are asked for while `run` runs. */
  readonly listen: <T>(run: () => T) => { readonly result: T; readonly spoken: Spoken };
}

/** The words of every template: ref, source, var, env_var, literal, identifier and target. No value they give can become SQL. */
export function createTemplateWords(scope: WordScope): TemplateWords {
  const nothing = (): Spoken => ({ models: new Set(), sources: new Set(), negatives: new Set() });
  let spoken = nothing();

  const ref = (...given: unknown[]): string => {
    const [name] = texts('ref', "the name of one model, as in ref('orders')", given, 1);
    const found = relationOf(name ?? '', scope);
    spoken.models.add(name ?? '');
    return found;
  };
  const source = (...given: unknown[]): string => {
    const { positional, asOf } = takeAsOf(given);
    const [system = '', table = ''] = texts(
      'source',
      "a source and a table, as in source('erp', 'orders')",
      positional,
      2,
    );
    const name = `${system}.${table}`;
    const found = relationOf(name, scope);
    spoken.sources.add(name);
    return asOf === undefined ? found : relationAsOf(system, table, asOf);
  };
  const variable = (...given: unknown[]): string | boolean => {
    const value = valueOfVariable(given, scope);
    if (typeof value === 'string' && value.startsWith('-')) spoken.negatives.add(value);
    return value;
  };
  const words = {
    ref,
    source,
    var: variable,
    env_var: (...given: unknown[]) => valueOfEnv(given, scope),
    literal: (value: unknown) => asSql('literal', value, (plain) => literal(plain)),
    identifier: (name: unknown) => asSql('identifier', name, (plain) => identifier(String(plain))),
    target: scope.target,
  };
  return {
    words,
    check: ({ name, texts: given }) => {
      const [first, second] = given;
      if (name === 'ref' && given.length === 1 && first !== undefined) relationOf(first, scope);
      if (name === 'source' && first !== undefined && second !== undefined) relationOf(`${first}.${second}`, scope);
      if (name === 'var' && first !== undefined) declarationOf(first, scope);
      if (name === 'env_var' && first !== undefined) requireListed(first, scope);
    },
    listen: (run) => {
      spoken = nothing();
      return { result: run(), spoken };
    },
  };
}

function relationOf(name: string, { relations }: WordScope): string {
  const found = relations.get(name);
  if (found !== undefined) return found;
  const isSource = name.includes('.');
  const candidates = [...relations.keys()].filter((each) => each.includes('.') === isSource);
  throw wordFailure(
    'COMPILE_UNKNOWN_REF',
    `no ${isSource ? 'source table' : 'model'} '${name}'${didYouMean(name, candidates)}`,
  );
}

/** Takes `as_of=...` off a call of source; nunjucks passes named arguments as a last object. */
function takeAsOf(given: readonly unknown[]): { readonly positional: readonly unknown[]; readonly asOf?: AsOf } {
  const last = given.at(-1);
  if (typeof last !== 'object' || last === null || !('__keywords' in last)) return { positional: given };
  const { __keywords: _, ...named } = last as Record<string, unknown>;
  const other = Object.keys(named).find((name) => name !== 'as_of');
  if (other !== undefined) throw wordFailure('COMPILE_TEMPLATE', `source has no argument '${other}'; it takes as_of`);
  const asOf = parseAsOf(plain(named['as_of']));
  if (asOf === undefined) throw wordFailure('COMPILE_TEMPLATE', `as_of takes ${AS_OF_FORMS}`);
  return { positional: given.slice(0, -1), asOf };
}

function valueOfVariable(given: readonly unknown[], scope: WordScope): string | boolean {
  const name = nameIn(
    'var',
    "the name of a variable and, if you like, a default, as in var('as_of', '2026-01-31')",
    given,
  );
  const declared = declarationOf(name, scope);
  const value = scope.vars[name] ?? declared.default ?? plain(given[1]);
  if (value === undefined) throw wordFailure('COMPILE_VAR', `variable '${name}' has no value and no default`);
  const parsed = isValue(value) ? parseVariable(declared.type, value) : undefined;
  if (parsed === undefined)
    throw wordFailure('COMPILE_VAR', `variable '${name}': expected ${VARIABLE_FORMS[declared.type]}`);
  return parsed;
}

function declarationOf(name: string, { variables }: WordScope): Variable {
  const declared = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (declared) return declared;
  throw wordFailure(
    'COMPILE_VAR',
    `no variable '${name}' under vars: in tickmark.yml${didYouMean(name, Object.keys(variables))}`,
  );
}

function valueOfEnv(given: readonly unknown[], scope: WordScope): string {
  const name = nameIn('env_var', 'the name of an environment variable and, if you like, a default', given);
  requireListed(name, scope);
  const value = scope.env[name] ?? plain(given[1]);
  if (value === undefined) throw wordFailure('COMPILE_ENV_VAR', `the environment variable ${name} is not set`);
  const parsed = typeof value === 'string' ? parseVariable('text', value) : undefined;
  if (typeof parsed === 'string') return parsed;
  throw wordFailure('COMPILE_ENV_VAR', `the environment variable ${name}: expected ${VARIABLE_FORMS.text}`);
}

function requireListed(name: string, { envVars }: WordScope): void {
  if (envVars.includes(name)) return;
  throw wordFailure('COMPILE_ENV_VAR', `'${name}' is not under env_vars: in tickmark.yml${didYouMean(name, envVars)}`);
}

function asSql(word: string, value: unknown, quote: (value: string | number | boolean | null) => string): string {
  const given = plain(value);
  if (given !== null && !isValue(given))
    throw wordFailure('COMPILE_TEMPLATE', `${word} takes one text, number, boolean or none`);
  try {
    return quote(given);
  } catch (error) {
    if (error instanceof RangeError) throw wordFailure('COMPILE_TEMPLATE', error.message);
    throw error;
  }
}

function nameIn(word: string, takes: string, given: readonly unknown[]): string {
  if (given.length > 2) throw wordFailure('COMPILE_TEMPLATE', `${word} takes ${takes}`);
  return texts(word, takes, given.slice(0, 1), 1)[0] ?? '';
}

function texts(word: string, takes: string, given: readonly unknown[], count: number): string[] {
  const found = given.map(plain).filter((each) => typeof each === 'string');
  if (found.length === count && given.length === count) return found;
  throw wordFailure('COMPILE_TEMPLATE', `${word} takes ${takes}`);
}

/** What a macro gives is a String object of nunjucks. */
function plain(value: unknown): unknown {
  return value instanceof String ? value.toString() : value;
}

function isValue(value: unknown): value is VariableValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
