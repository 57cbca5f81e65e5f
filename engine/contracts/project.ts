import type { Config } from './config.ts';
import type { CheckDefinition } from './check.ts';
import type { ControlDefinition } from './control.ts';
import type { KriDefinition } from './kri.ts';
import type { ModelFile } from './model.ts';
import type { SourceTable } from './source.ts';

/** One table of a source system, with what it inherits from it. */
export interface DeclaredSource extends SourceTable {
  readonly vertical: string;
  readonly source: string;
  readonly connection: string;
  readonly declaredIn: string;
  readonly line: number;
}

/** Everything that is written in a project's files, parsed, and nothing that is not. */
export interface Project {
  /** Absolute path of the folder with tickmark.yml. */
  readonly root: string;
  readonly config: Config;
  readonly sources: readonly DeclaredSource[];
  readonly models: readonly ModelFile[];
  readonly macros: readonly { readonly file: string; readonly template: string }[];
  readonly checks: readonly CheckDefinition[];
  readonly controls: readonly ControlDefinition[];
  readonly kris: readonly KriDefinition[];
  /** SHA-256 over every content file's path and bytes, hex: two projects with one hash say the same. */
  readonly hash: string;
}
