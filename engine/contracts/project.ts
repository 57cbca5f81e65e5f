import type { Config } from './config.ts';
import type { CheckDefinition, Waiver } from './check.ts';
import type { ControlDefinition } from './control.ts';
import type { KriDefinition } from './kri.ts';
import type { JustifiedSurvivor } from './mutation.ts';
import type { ModelFile } from './model.ts';
import type { SourceFreshness, SourceTable } from './source.ts';

/** One table of a source system, with what it inherits from it. */
export interface DeclaredSource extends SourceTable {
  readonly vertical: string;
  readonly source: string;
  readonly connection: string;
  readonly declaredIn: string;
  readonly line: number;
  /** Where it stands when it is in the warehouse already (`connection: warehouse`): it is read there, never pulled, and nothing is proven of it. */
  readonly external?: { readonly schema: string; readonly identifier: string } | undefined;
  readonly sourceDescription?: string | undefined;
  readonly loader?: string | undefined;
  /** How old its newest row may be; undefined where nobody said, or it was taken back with `freshness: null`. */
  readonly freshness?: SourceFreshness | undefined;
  /** A column, or an expression, that says when a row was loaded. */
  readonly loadedAtField?: string | undefined;
  /** A query that gives the time of the last load, instead of loadedAtField. */
  readonly loadedAtQuery?: string | undefined;
  /** The column by which microbatch models read it in slices. */
  readonly eventTime?: string | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly meta?: Readonly<Record<string, unknown>> | undefined;
  readonly quoting?: Readonly<Record<string, boolean | undefined>> | undefined;
}

/** A file of macros; `package` is the project's own name, or of the package it came with. */
export interface MacroFile {
  readonly file: string;
  readonly template: string;
  readonly package: string;
}

/** A `{% docs name %}` block of a .md file. */
export interface DocBlock {
  readonly name: string;
  readonly text: string;
  readonly file: string;
}

/** What YAML says of a macro. */
export interface MacroProperties {
  readonly name: string;
  readonly package: string;
  readonly description: string | undefined;
  readonly arguments: readonly {
    readonly name: string;
    readonly type: string | undefined;
    readonly description: string | undefined;
  }[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
}

/** Who owns models; a model names its group. */
export interface Group {
  readonly name: string;
  readonly description: string | undefined;
  readonly owner: { readonly name: string | undefined; readonly email: string | undefined };
  readonly meta: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
}

/** What reads models outside of the project: a dashboard, a notebook. */
export interface Exposure {
  readonly name: string;
  readonly vertical: string;
  readonly label: string | undefined;
  readonly type: 'dashboard' | 'notebook' | 'analysis' | 'ml' | 'application';
  readonly maturity: 'high' | 'medium' | 'low' | undefined;
  readonly url: string | undefined;
  readonly description: string | undefined;
  readonly owner: { readonly name: string | undefined; readonly email: string | undefined };
  /** Names of models, and landed tables as `source.table`. */
  readonly dependsOn: readonly string[];
  readonly tags: readonly string[];
  readonly meta: Readonly<Record<string, unknown>>;
  readonly file: string;
  readonly line: number;
}

/** One relation of a unit test as it is to be: rows of values as YAML, CSV or a query wrote them. */
export type UnitTestRows =
  | { readonly format: 'dict'; readonly rows: readonly Readonly<Record<string, unknown>>[] }
  | { readonly format: 'csv'; readonly csv: string }
  | { readonly format: 'sql'; readonly sql: string };

/** A test of a model's logic on rows that are given, not landed. */
export interface UnitTest {
  readonly name: string;
  readonly model: string;
  readonly vertical: string;
  readonly description: string | undefined;
  /** `input` is a template: ref('x'), source('s', 't') or this. */
  readonly given: readonly (UnitTestRows & { readonly input: string })[];
  readonly expect: UnitTestRows;
  readonly overrides: {
    readonly vars: Readonly<Record<string, string | number | boolean>>;
    readonly macros: Readonly<Record<string, unknown>>;
    readonly envVars: Readonly<Record<string, string>>;
  };
  readonly tags: readonly string[];
  readonly file: string;
  readonly line: number;
}

/** Everything that is written in a project's files, parsed, and nothing that is not. */
export interface Project {
  /** Absolute path of the folder with tickmark.yml. */
  readonly root: string;
  readonly config: Config;
  readonly sources: readonly DeclaredSource[];
  /** Models, seeds and snapshots. */
  readonly models: readonly ModelFile[];
  readonly macros: readonly MacroFile[];
  readonly docs: readonly DocBlock[];
  readonly macroProperties?: readonly MacroProperties[] | undefined;
  readonly groups?: readonly Group[] | undefined;
  readonly exposures: readonly Exposure[];
  readonly unitTests: readonly UnitTest[];
  readonly checks: readonly CheckDefinition[];
  readonly waivers: readonly Waiver[];
  /** Faults that mutation testing may leave unfound. */
  readonly survivors?: readonly JustifiedSurvivor[] | undefined;
  readonly controls: readonly ControlDefinition[];
  readonly kris: readonly KriDefinition[];
  /** SHA-256 over every content file's path and bytes, hex: two projects with one hash say the same. */
  readonly hash: string;
}
