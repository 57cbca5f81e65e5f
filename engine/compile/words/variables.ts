import { didYouMean } from '../../config/did-you-mean.ts';
import { parseVariable, VARIABLE_FORMS } from '../../config/parse-variable.ts';
import type { Variable, VariableValue } from '../../contracts/config.ts';
import { guard } from '../../jinja/guarded.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { varsOf } from '../scene.ts';
import type { Scene, Stage } from '../scene.ts';
import { splitArguments } from './arguments.ts';
import { plain } from './plain.ts';

const VAR_TAKES = "the name of a variable and, if you like, a default, as in var('as_of', '2026-01-31')";
const ENV_TAKES = 'the name of an environment variable and, if you like, a default';

/** `var` and `env_var`: their values are guarded, so that they cannot become SQL by themselves. */
export function variableWords(stage: Stage): { readonly var: unknown; readonly env_var: unknown } {
  return {
    var: Object.assign((...given: unknown[]) => valueOfVariable(given, stage.scene()), {
      has_var: (name: unknown): boolean => {
        const scene = stage.scene();
        return (
          Object.hasOwn(varsOf(scene), String(plain(name))) ||
          declared(String(plain(name)), scene)?.default !== undefined
        );
      },
    }),
    env_var: (...given: unknown[]) => valueOfEnv(given, stage.scene()),
  };
}

function valueOfVariable(given: readonly unknown[], scene: Scene): unknown {
  const { name, otherwise, hasOtherwise } = nameAndDefault('var', VAR_TAKES, given);
  const variable = declared(name, scene);
  const vars = varsOf(scene);
  const set = Object.hasOwn(vars, name) ? vars[name] : undefined;
  if (variable === undefined) {
    const names = Object.keys(scene.world.project.config.vars);
    const guess = didYouMean(name, names);
    // What is not declared cannot be given, so the default that the template itself writes is all it can be.
    if (set === undefined && hasOtherwise && guess === '') return otherwise;
    if (set === undefined)
      throw wordFailure('COMPILE_VAR', `no variable '${name}' under vars: in tickmark.yml${guess}`);
    return guard(set, name);
  }
  const value = set ?? variable.default;
  if (value === undefined) {
    if (!hasOtherwise) throw wordFailure('COMPILE_VAR', `variable '${name}' has no value and no default`);
    const inner = plain(otherwise);
    if (inner === null || inner === undefined) return inner;
    return typed(name, variable, inner);
  }
  return typed(name, variable, value);
}

function typed(name: string, variable: Variable, value: unknown): unknown {
  const parsed = isValue(value) ? parseVariable(variable.type, value) : undefined;
  if (parsed === undefined) {
    throw wordFailure('COMPILE_VAR', `variable '${name}': expected ${VARIABLE_FORMS[variable.type]}`);
  }
  const isNumber = variable.type === 'integer' || variable.type === 'decimal';
  return guarded(parsed, name, isNumber ? 'number' : undefined);
}

function declared(name: string, { world }: Scene): Variable | undefined {
  const { vars } = world.project.config;
  return Object.hasOwn(vars, name) ? vars[name] : undefined;
}

function valueOfEnv(given: readonly unknown[], { world, how }: Scene): unknown {
  const { name, otherwise, hasOtherwise } = nameAndDefault('env_var', ENV_TAKES, given);
  const overridden = how.env?.[name];
  if (overridden !== undefined) return guarded(overridden, `env_var('${name}')`);
  const listed = world.project.config.env_vars;
  if (!listed.includes(name)) {
    throw wordFailure('COMPILE_ENV_VAR', `'${name}' is not under env_vars: in tickmark.yml${didYouMean(name, listed)}`);
  }
  const value = world.target.env[name];
  if (value !== undefined) return guarded(value, `env_var('${name}')`);
  if (!hasOtherwise) throw wordFailure('COMPILE_ENV_VAR', `the environment variable ${name} is not set`);
  return otherwise;
}

function guarded(value: unknown, name: string, kind?: 'number'): unknown {
  try {
    return guard(value, name, kind);
  } catch (error) {
    if (error instanceof RangeError) throw wordFailure('COMPILE_VAR', error.message);
    throw error;
  }
}

function nameAndDefault(
  word: string,
  takes: string,
  given: readonly unknown[],
): { readonly name: string; readonly otherwise: unknown; readonly hasOtherwise: boolean } {
  const { positional, named } = splitArguments(given);
  const name = plain(positional[0]);
  const extra = Object.keys(named).some((key) => key !== 'default');
  if (typeof name !== 'string' || positional.length > 2 || extra)
    throw wordFailure('COMPILE_TEMPLATE', `${word} takes ${takes}`);
  const hasOtherwise = positional.length === 2 || 'default' in named;
  return { name, otherwise: positional.length === 2 ? positional[1] : named['default'], hasOtherwise };
}

function isValue(value: unknown): value is VariableValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || Array.isArray(value);
}
