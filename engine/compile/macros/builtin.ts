import type { Scene } from '../scene.ts';

/** What a built-in macro works with beside its arguments. */
export interface MacroTools {
  readonly scene: () => Scene;
  /** Calls another built-in macro by its package and name, so that a project's own version of it is heard. */
  readonly call: (packageName: 'dbt' | 'dbt_utils', name: string, ...given: unknown[]) => unknown;
}

type Arguments = Readonly<Record<string, unknown>>;

/** A macro that comes with Tickmark: the names of its arguments in order, and what it gives. */
export interface Builtin {
  readonly takes: readonly string[];
  readonly run: (given: Arguments, tools: MacroTools) => unknown;
}

export type Builtins = Readonly<Record<string, Builtin>>;
