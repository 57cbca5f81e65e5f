import type { MacroFile } from '../contracts/project.ts';
import { readConfigCall } from './read-config-call.ts';

/** A generic test that a macro makes: `{% test name(model, column_name) %}`, or a macro called `test_name`. */
export interface TestMacro {
  /** What it says of itself with config(); content that uses it says more. */
  readonly options: Readonly<Record<string, unknown>>;
}

const OPENING = /\{%-?\s*(?:(?:test|data_test)\s+([A-Za-z_]\w*)|macro\s+test_([A-Za-z_]\w*))\s*\(/g;

/** The generic tests of the project's macros: its own by name and by `project.name`, those of a package by `package.name`. */
export function findTests(macros: readonly MacroFile[], project: string): ReadonlyMap<string, TestMacro> {
  const found = new Map<string, TestMacro>();
  for (const { template, package: owner } of macros) {
    const text = template.replaceAll(/\{#[\s\S]*?#\}/g, (comment) => ' '.repeat(comment.length));
    for (const match of text.matchAll(OPENING)) {
      const name = match[1] ?? match[2] ?? '';
      const end = /\{%-?\s*end(?:test|data_test|macro)\b/.exec(text.slice(match.index));
      const body = text.slice(match.index, match.index + (end?.index ?? text.length));
      const test = { options: readConfigCall(body)?.options ?? {} };
      found.set(`${owner}.${name}`, test);
      if (owner === project) found.set(name, test);
    }
  }
  return found;
}
