import { didYouMean } from '../config/did-you-mean.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { asFunction } from './call.ts';
import { CALL } from './callable.ts';
import { findBlocks } from './find-blocks.ts';
import { RESERVED_WORDS } from './globals.ts';
import { placingFrom, refuseReserved } from './placing.ts';
import { entriesOf, isDict } from './python/dict.ts';
import { forgiving } from './python/forgiving.ts';
import { bindImport, compileAssign, compileMacro } from './run/compile-statement.ts';
import { Frame } from './run/frame.ts';
import type { Macro } from './run/macro.ts';
import type { Unit } from './run/unit.ts';
import type { Assign, Body, Import } from './syntax/nodes.ts';
import { parseTemplate } from './syntax/parse-template.ts';
import { withPlaces } from './template-error.ts';
import type { Placing } from './template-error.ts';
import { readTemplate } from './template-syntax.ts';

export interface MacroFile {
  readonly file: string;
  readonly template: string;
  readonly package?: string;
}

export interface MacroLibrary {
  readonly add: (files: readonly MacroFile[]) => void;
  readonly macro: (home: string, name: string) => Macro | undefined;
  readonly names: (home: string) => readonly string[];
  /** What the code of a template of this package needs; it assigns no names. */
  readonly unit: (home: string, place: Placing) => Unit;
}

export interface LibraryInput {
  readonly project: string;
  /** A word or NOTHING. */
  readonly wordOf: (name: string) => unknown;
  readonly hasWord: (name: string) => boolean;
  readonly words: () => readonly string[];
  /** Whether a macro of the project may have this name. */
  readonly mayReplace: (name: string) => boolean;
  readonly onMacro: (home: string, name: string) => { readonly value: unknown } | undefined;
  readonly forgives: () => boolean;
}

interface Entry {
  readonly file: string;
  readonly place: Place;
  readonly macro: Macro;
}

/** The package whose macros need no name before theirs, wherever they are called. */
const BUILT_IN = 'dbt';

/** The macros of a project and its packages, and where their names are looked for. */
export function createMacroLibrary(input: LibraryInput): MacroLibrary {
  const { project, wordOf, hasWord, words, mayReplace, onMacro } = input;
  const packages = new Map<string, Map<string, Entry>>();
  const files = new Map<string, readonly string[]>();
  const namespaces = new Map<string, { readonly word: unknown; readonly members: Readonly<Record<string, unknown>> }>();

  const find = (home: string, name: string): Macro | undefined => packages.get(home)?.get(name)?.macro;
  const bare = (home: string, name: string): Macro | undefined =>
    find(home, name) ?? find(project, name) ?? find(BUILT_IN, name);

  const namespace = (name: string): Readonly<Record<string, unknown>> | undefined => {
    const macros = packages.get(name);
    if (macros === undefined) return undefined;
    const word = hasWord(name) ? wordOf(name) : undefined;
    if (word !== undefined && !isDict(word)) return undefined;
    const known = namespaces.get(name);
    if (known && known.word === word) return known.members;
    const members = {
      ...(word && Object.fromEntries(entriesOf(word))),
      ...Object.fromEntries(Array.from(macros, ([key, { macro }]) => [key, macro])),
    };
    namespaces.set(name, { word, members });
    return members;
  };

  const unit = (home: string, place: Placing): Unit => ({
    at: ({ lineno, colno }) => place({ line: lineno + 1, column: colno + 1 }),
    has: (name) =>
      Object.hasOwn(RESERVED_WORDS, name) || bare(home, name) !== undefined || packages.has(name) || hasWord(name),
    resolve: (name) => {
      if (Object.hasOwn(RESERVED_WORDS, name)) return RESERVED_WORDS[name];
      return bare(home, name) ?? namespace(name) ?? wordOf(name);
    },
    known: () => [
      ...[home, project, BUILT_IN].flatMap((each) => [...(packages.get(each)?.keys() ?? [])]),
      ...packages.keys(),
      ...words(),
    ],
    assigned: () => false,
    macrosOf: (path) => {
      const names = [...files.keys()];
      const file = names.find((each) => each === path) ?? names.find((each) => each.endsWith(`/${path}`));
      if (file === undefined) throw new Error(`no file of macros '${path}'${didYouMean(path, names)}`);
      const own = [...packages.values()].flatMap((macros) => [...macros]).filter(([, entry]) => entry.file === file);
      return new Map(own.map(([name, { macro }]) => [name, macro]));
    },
    onMacro: () => undefined,
  });

  const addFile = ({ file, template, package: home = project }: MacroFile): void => {
    const place = placingFrom({ file });
    refuseReserved(template, place);
    const body = withPlaces(place, () => parseTemplate(withoutOtherBlocks(template, file)));
    const assigned = lazily(() => readTemplate(body).assigned);
    const own: Unit = {
      ...unit(home, place),
      assigned: (name) => assigned().has(name),
      onMacro: (name) => onMacro(home, name),
    };
    const around = namesAround(body, own);
    const macros = packages.get(home) ?? new Map<string, Entry>();
    packages.set(home, macros);
    files.set(file, []);
    for (const node of body.children) {
      if (node.typename !== 'Macro') continue;
      const { name } = node;
      const at = own.at(node);
      const twin = macros.get(name);
      if (twin) refuse(`a macro '${name}' is also in ${twin.file}`, at);
      if (Object.hasOwn(RESERVED_WORDS, name) || (home === project && !mayReplace(name)))
        refuse(`'${name}' is a word of every template; name the macro otherwise`, at);
      macros.set(name, { file, place: at, macro: compileMacro(node, own)(around) });
    }
  };

  return {
    add: (added) => {
      for (const file of added) addFile(file);
      namespaces.clear();
    },
    macro: (home, name) => {
      const found = packages.get(home)?.get(name);
      return found && fromOutside(found, input.forgives);
    },
    names: (home) => [...(packages.get(home)?.keys() ?? [])],
    unit,
  };
}

/** A file without dbt's blocks that are no macros: those are for others, and what stands in them is not read here. */
function withoutOtherBlocks(template: string, file: string): string {
  if (!/\{%[-+]?\s*(?:materialization|snapshot|docs)\b/.test(template)) return template;
  let text = template;
  for (const { kind, start, end } of findBlocks(template, { file })) {
    if (kind === 'macro' || kind === 'test') continue;
    text = text.slice(0, start) + text.slice(start, end).replace(/[^\n]/g, ' ') + text.slice(end);
  }
  return text;
}

/** A file's `set` and `import` outside of its macros: they are made anew for each call, since words may give something else then. */
function namesAround(body: Body, unit: Unit): () => Frame {
  const made = body.children.filter(
    (node): node is Assign | Import => node.typename === 'Set' || node.typename === 'Import',
  );
  if (made.length === 0) {
    const empty = new Frame();
    return () => empty;
  }
  const runs = made.map((node) =>
    node.typename === 'Set' ? compileAssign(node, unit) : (frame: Frame) => bindImport(node, frame, unit),
  );
  return () => {
    const frame = new Frame();
    for (const run of runs) run(frame);
    return frame;
  };
}

/** Called by a word or from outside of any template, what a macro throws has become an EngineError when nobody else does that. */
function fromOutside({ macro, place }: Entry, forgives: () => boolean): Macro {
  const call: Macro[typeof CALL] = (positional, named) =>
    withPlaces(
      () => place,
      () => forgiving(forgives(), () => macro[CALL](positional, named)),
    );
  return Object.assign(asFunction(call), { macro: macro.macro });
}

function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function refuse(message: string, place: Place): never {
  throw new EngineError('COMPILE_TEMPLATE', message, { place });
}
