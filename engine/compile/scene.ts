import type { VariableValue } from '../contracts/config.ts';
import type { ModelConfig, ModelOptions } from '../contracts/model-config.ts';
import type { ModelFile } from '../contracts/model.ts';
import type { DeclaredSource, Project } from '../contracts/project.ts';
import type { CompileTarget, RenderHow } from './compile-project.ts';
import type { Relation } from './words/relation.ts';
import type { Answer } from './words/result-table.ts';

/** A model as templates may speak of it. */
export interface KnownModel {
  readonly file: ModelFile;
  /** Undefined while the configs of all models are still being heard. */
  readonly config: ModelConfig | undefined;
  /** Where references find it; a common table expression's name for an ephemeral one. */
  readonly relation: Relation;
  /** What `this` is in it. */
  readonly self: Relation;
}

export interface KnownTable {
  readonly declared: DeclaredSource;
  readonly relation: Relation;
}

/** What templates of one project may speak of, for one target. */
export interface World {
  readonly project: Project;
  readonly target: CompileTarget;
  readonly models: ReadonlyMap<string, KnownModel>;
  /** By `source.table`. */
  readonly tables: ReadonlyMap<string, KnownTable>;
  /** What each model refers to, where it is known already. */
  readonly dependsOn: (
    model: string,
  ) => { readonly models: readonly string[]; readonly sources: readonly string[] } | undefined;
}

/** What a template spoke of while it was rendered. */
export interface Spoken {
  /** In the order of their first mention. */
  readonly models: Set<string>;
  readonly sources: Set<string>;
  readonly macros: Set<string>;
  /** It asked the warehouse, or would have. */
  asksWarehouse: boolean;
  asksIncremental: boolean;
  /** It asked for what is only known when all configs are heard, or whether they are. */
  looksAround: boolean;
}

/** One rendering of one template: what the words look at, and what they take down. */
export interface Scene {
  readonly world: World;
  readonly model: KnownModel | undefined;
  /** What is said of that model outside of its template, least first. */
  readonly outside: readonly ModelOptions[];
  /** Whether all that the project says is known; dbt's `execute`. */
  readonly execute: boolean;
  readonly self: Relation | undefined;
  readonly how: RenderHow;
  /** References that are allowed; undefined: any. */
  readonly allowed: ReadonlySet<string> | undefined;
  /** Ephemeral models as queries in brackets instead of names of common table expressions. */
  readonly ephemeralInline: ((name: string) => string) | undefined;
  /** What `config(...)` in the template said, in order. */
  readonly options: ModelOptions[];
  /** The same outside of a model, as written. */
  readonly said: Readonly<Record<string, unknown>>[];
  readonly spoken: Spoken;
  readonly answers: ReadonlyMap<string, Answer>;
  /** Queries that have no answer yet, and whether the types of their columns matter. */
  readonly questions: Map<string, { readonly typed: boolean }>;
  /** Results of statements by name. */
  readonly results: Map<string, unknown>;
}

/** The scene that is being rendered. Rendering is synchronous, so there is one at a time; macros may set one within another. */
export interface Stage {
  readonly scene: () => Scene;
  readonly play: <T>(scene: Scene, run: () => T) => T;
}

export function createStage(): Stage {
  let current: Scene | undefined;
  return {
    scene: () => {
      if (current === undefined) throw new Error('nothing is being rendered');
      return current;
    },
    play: (scene, run) => {
      const before = current;
      current = scene;
      try {
        return run();
      } finally {
        current = before;
      }
    },
  };
}

export function nothingSpoken(): Spoken {
  return {
    models: new Set(),
    sources: new Set(),
    macros: new Set(),
    asksWarehouse: false,
    asksIncremental: false,
    looksAround: false,
  };
}

/** Variables as this rendering has them. */
export function varsOf({ how, world }: Scene): Readonly<Record<string, VariableValue>> {
  return how.vars === undefined ? world.target.vars : { ...world.target.vars, ...how.vars };
}
