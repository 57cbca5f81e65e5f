import { wordFailure } from '../jinja/word-failure.ts';
import type { MacroTools } from './macros/builtin.ts';
import { dbtUtilsMacros } from './macros/dbt-utils.ts';
import { dbtMacros } from './macros/dbt.ts';
import { datetimeModule, pytzModule } from './python/time-modules.ts';
import { itertoolsModule } from './python/itertools.ts';
import { regexModule } from './python/regex.ts';
import type { Scene, Stage } from './scene.ts';
import { adapterWords } from './words/adapter.ts';
import { nameArguments } from './words/arguments.ts';
import { configWord } from './words/config.ts';
import { containerWords } from './words/containers.ts';
import { messageWords } from './words/messages.ts';
import { modelWords } from './words/model.ts';
import { quotingWords } from './words/quoting.ts';
import { referenceWords } from './words/references.ts';
import { runWords } from './words/run.ts';
import { statementWords } from './words/statements.ts';
import { variableWords } from './words/variables.ts';

export type Macro = (...given: unknown[]) => unknown;

/** A macro of the project's files by its package and name. */
export type FindMacro = (packageName: string, name: string) => Macro | undefined;

/** Packages whose macros come with Tickmark. */
const BUILTIN_PACKAGES = { dbt: dbtMacros, dbt_utils: dbtUtilsMacros } as const;
type BuiltinPackage = keyof typeof BUILTIN_PACKAGES;

/** Words that no macro replaces: with them values come in, and become SQL. */
const LASTING_WORDS = new Set(['literal', 'identifier', 'var', 'env_var', 'config', 'builtins', 'this', 'execute']);

/** Words that a project's own macro of the same name replaces, as in dbt. */
export function replaceableWords(words: object): ReadonlySet<string> {
  return new Set(Object.keys(words).filter((name) => !LASTING_WORDS.has(name)));
}

/**
 * The words of every template: dbt's, and `literal` and `identifier`. Those that are values are getters, which look at the scene
 * that is being rendered.
 */
export function createTemplateWords(stage: Stage, findMacro: FindMacro): object {
  const macros = createBuiltins(stage, findMacro);
  const references = referenceWords(stage);
  const config = configWord(stage);
  return merged(
    macros.dbt,
    {
      dbt: macros.dbt,
      dbt_utils: macros.dbt_utils,
      builtins: { ...references, config },
      config,
      modules: { datetime: datetimeModule, pytz: pytzModule, re: regexModule, itertools: itertoolsModule },
    },
    references,
    variableWords(stage),
    quotingWords,
    containerWords,
    messageWords(stage),
    statementWords(stage),
    adapterWords(stage, (name, home) => dispatch(name, home, { stage, findMacro, macros })),
    runWords(stage),
    modelWords(stage),
  );
}

type Namespaces = Readonly<Record<BuiltinPackage, Readonly<Record<string, Macro>>>>;

function createBuiltins(stage: Stage, findMacro: FindMacro): Namespaces {
  const tools: MacroTools = {
    scene: stage.scene,
    call: (home, name, ...given) => namespaces[home][name]?.(...given),
  };
  const namespace = (home: BuiltinPackage): Readonly<Record<string, Macro>> =>
    Object.fromEntries(
      Object.entries(BUILTIN_PACKAGES[home]).flatMap(([name, builtin]) => {
        const plain = (...given: unknown[]): unknown => builtin.run(nameArguments(name, builtin.takes, given), tools);
        return [
          [name, overridable(name, home, plain, { stage, findMacro })],
          [`default__${name}`, plain],
          [`postgres__${name}`, plain],
        ];
      }),
    );
  const namespaces: Namespaces = { dbt: namespace('dbt'), dbt_utils: namespace('dbt_utils') };
  return namespaces;
}

/** A built-in macro that a unit test may set, and that the project may have its own `postgres__` or `default__` of. */
function overridable(
  name: string,
  home: BuiltinPackage,
  builtin: Macro,
  { stage, findMacro }: { readonly stage: Stage; readonly findMacro: FindMacro },
): Macro {
  return (...given) => {
    const scene = stage.scene();
    scene.spoken.macros.add(`${home}.${name}`);
    const set = setByTest(name, home, scene);
    if (set !== undefined) return set;
    const project = scene.world.project.config.name;
    const own = findMacro(project, `postgres__${name}`) ?? findMacro(project, `default__${name}`);
    return own === undefined ? builtin(...given) : own(...given);
  };
}

function setByTest(name: string, home: string, { how }: Scene): unknown {
  return how.macros?.[`${home}.${name}`] ?? (home === 'dbt' ? how.macros?.[name] : undefined);
}

/** dbt's order: in each package that is searched the adapter's own version, then the default one. */
function dispatch(
  name: string,
  home: string | undefined,
  { stage, findMacro, macros }: { readonly stage: Stage; readonly findMacro: FindMacro; readonly macros: Namespaces },
): Macro {
  const { project } = stage.scene().world;
  const configured = project.config.dispatch.find(({ macro_namespace: namespace }) => namespace === home)?.search_order;
  const every = [...new Set(project.macros.map((file) => file.package))];
  const packages = configured ?? [project.config.name, ...(home === undefined ? [...every, 'dbt'] : [home])];
  const searched: string[] = [];
  for (const each of new Set(packages)) {
    for (const prefix of ['postgres__', 'default__']) {
      const found = findMacro(each, prefix + name) ?? (isBuiltin(each) ? macros[each][prefix + name] : undefined);
      if (found !== undefined) return found;
      searched.push(`${each}.${prefix}${name}`);
    }
  }
  throw wordFailure('COMPILE_TEMPLATE', `dispatch found no macro '${name}'; it looked for ${searched.join(', ')}`);
}

function isBuiltin(name: string): name is BuiltinPackage {
  return Object.hasOwn(BUILTIN_PACKAGES, name);
}

/** One object with the properties of all, getters as getters. */
function merged(...parts: readonly object[]): object {
  const all = {};
  for (const part of parts) Object.defineProperties(all, Object.getOwnPropertyDescriptors(part));
  return all;
}
