import type { MacroFile } from '../contracts/project.ts';

/** One macro of a file; a generic test is called `test_<name>`, as in dbt. */
export interface MacroText {
  /** `package.name`. */
  readonly qualified: string;
  readonly name: string;
  readonly package: string;
  readonly file: string;
  readonly text: string;
  /** Macros of the project that it names, as `package.name`. */
  readonly calls: readonly string[];
}

const PREFIXES: Readonly<Record<string, string>> = { macro: '', test: 'test_', data_test: 'test_' };

/** Every macro of the project and of the packages it came with. */
export function macroTexts(files: readonly MacroFile[]): readonly MacroText[] {
  const found = files.flatMap((file) =>
    blocksOf(file.template).map(({ kind, name, text }) => {
      const called = `${PREFIXES[kind] ?? ''}${name}`;
      return { qualified: `${file.package}.${called}`, name: called, package: file.package, file: file.file, text };
    }),
  );
  const byName = Map.groupBy(found, ({ name }) => name);
  return found.map((macro) => {
    // Whatever is called like a macro: one too many costs a needless "modified", one too few would hide a change.
    const words = new Set(macro.text.match(/[A-Za-z_]\w*(?=\s*\()/g));
    // What is dispatched is only named in a text.
    for (const [, name] of macro.text.matchAll(/\bdispatch\(\s*['"](\w+)['"]/g)) {
      for (const { name: implementation } of found) if (implementation.endsWith(`__${name}`)) words.add(implementation);
    }
    const calls = [...words].flatMap((word) => byName.get(word) ?? []).map(({ qualified }) => qualified);
    return { ...macro, calls: [...new Set(calls)].filter((each) => each !== macro.qualified) };
  });
}

function blocksOf(template: string): { readonly kind: string; readonly name: string; readonly text: string }[] {
  // Of the same length, so that places stay what they are.
  const bare = template.replaceAll(/\{#[\s\S]*?#\}/g, (comment) => ' '.repeat(comment.length));
  return [...bare.matchAll(/\{%[-+]?\s*(macro|test|data_test)\s+(\w+)\s*\(/g)].map((begin) => {
    const [, kind = '', name = ''] = begin;
    const end = new RegExp(`\\{%[-+]?\\s*end${kind}\\s*[-+]?%\\}`, 'g');
    end.lastIndex = begin.index;
    const until = end.exec(bare) === null ? template.length : end.lastIndex;
    return { kind, name, text: template.slice(begin.index, until) };
  });
}
