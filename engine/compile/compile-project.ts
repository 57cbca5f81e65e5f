import type { VariableValue } from '../contracts/config.ts';
import type { CompiledModel, Layer } from '../contracts/model.ts';
import type { Project } from '../contracts/project.ts';
import type { Place } from '../errors.ts';
import type { AsOf } from './as-of.ts';
import { compileParsed } from './compile-parsed.ts';
import { parseProject } from './parse-project.ts';

export interface CompileTarget {
  /** Schema of a model; runs build beside the live schemas, so the caller decides. */
  readonly schemaOf: (model: { readonly vertical: string; readonly layer: Layer }) => string;
  readonly vars: Readonly<Record<string, VariableValue>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `target` in templates; its schema is the model's vertical when left out. */
  readonly target: {
    readonly name: string;
    readonly database?: string | undefined;
    readonly schema?: string | undefined;
    readonly threads?: number | undefined;
  };
  /** The relation that `this` is, where it is not where the model is built: what stands while the next version is built beside it. */
  readonly thisOf?:
    ((model: { readonly name: string; readonly vertical: string; readonly layer: Layer }) => string) | undefined;
  /** What `run_started_at` says, ISO 8601 with its zone; a template that asks for it without one is an error. */
  readonly runClock?: string | undefined;
  /** What `invocation_id` says. */
  readonly invocationId?: string | undefined;
  readonly flags?:
    { readonly fullRefresh?: boolean; readonly empty?: boolean; readonly which?: string | undefined } | undefined;
  /** Relations that stand for models that are not built here (--defer), by name: `"schema"."name"`. */
  readonly deferred?: Readonly<Record<string, string>> | undefined;
  /** Takes what templates tell with `log` and `print`. */
  readonly log?: ((message: string) => void) | undefined;
  /** Reads every landed table as of then, and every model as it would have been built from those. */
  readonly asOf?: AsOf | undefined;
}

export interface Rendered {
  readonly sql: string;
  readonly dependsOn: {
    readonly models: readonly string[];
    readonly sources: readonly string[];
    readonly macros: readonly string[];
  };
  /** What `config(...)` in a template that is no model's said; a singular test's settings. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** Puts a query that a template asks (`run_query`, `adapter`) to the warehouse; every value is text or null, as Postgres prints it. */
export type Ask = (sql: string) => Promise<readonly Readonly<Record<string, string | null>>[]>;

/** How a template is rendered for one moment of a build. */
export interface RenderHow {
  /** What `is_incremental()` says; false when left out. */
  readonly isIncremental?: boolean;
  /** The slice that is built: references to models and sources with an event time see only its rows. Half-open, UTC. */
  readonly batch?: { readonly start: string; readonly end: string } | undefined;
  /** What `this` is. */
  readonly self?: string;
  /** Without it a template that asks the warehouse is refused. */
  readonly ask?: Ask | undefined;
  /** SQL that stands for a model (by name) or a landed table (`source.table`), and for `this`; unit tests give their rows so. */
  readonly replaced?: ReadonlyMap<string, string>;
  readonly vars?: Readonly<Record<string, VariableValue>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Values that macros (by name, or `package.name`) give instead of being run. */
  readonly macros?: Readonly<Record<string, unknown>>;
  /** The model around which a template is rendered (`model`, `config.get`), where it is not that model's own. */
  readonly around?: string | undefined;
  /** What `results` is in hooks after a run. */
  readonly results?: readonly unknown[] | undefined;
}

export interface CompiledProject {
  /** In build order: every model after those it refers to. */
  readonly models: readonly CompiledModel[];
  /** Throws COMPILE_UNKNOWN_REF. */
  readonly model: (name: string) => CompiledModel;
  /** `"schema"."name"` of a model, or of a landed table by `source.table`; an ephemeral model is its query in brackets. Throws COMPILE_UNKNOWN_REF. */
  readonly relation: (name: string) => string;
  /**
   * A query that stands by itself: with the models it refers to put before it as common table expressions when the project was
   * compiled as of a past moment, else as it is.
   */
  readonly standalone: (query: Rendered) => string;
  /** One model for how it is built now, asking the warehouse what its template asks. Changes nothing, so it is safe to repeat. */
  readonly renderModel: (name: string, how: RenderHow) => Promise<Rendered>;
  /** A hook or another template around a model, with its words; `self` is what `this` is. */
  readonly renderAround: (template: string, place: Place, how: RenderHow) => Promise<Rendered>;
  /** Renders a where, an expression or a bespoke check with the words of models; `place` is where the template begins. */
  readonly render: (template: string, place: Place) => Rendered;
  /** Whether there is a macro for a generic test of this name, or `package.name`. */
  readonly hasTest: (name: string) => boolean;
  /**
   * The query of a generic test that a macro of the project makes (`{% test name(...) %}`): its arguments by name, `model` among
   * them as SQL. A text such as `ref('x')`, or with a template in it, is what that gives, as in dbt.
   */
  readonly testQuery: (name: string, kwargs: Readonly<Record<string, unknown>>, place: Place) => Rendered;
  /** The same for a test that asks the warehouse. */
  readonly renderTest: (
    name: string,
    kwargs: Readonly<Record<string, unknown>>,
    place: Place,
    how: RenderHow,
  ) => Promise<Rendered>;
  /** What a macro gives when it is run by itself (run-operation). */
  readonly runMacro: (name: string, kwargs: Readonly<Record<string, unknown>>, how: RenderHow) => Promise<Rendered>;
  /** Macros of the project's files and its packages. */
  readonly macros: readonly MacroText[];
}

/** A macro as it is written. */
export interface MacroText {
  readonly package: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly arguments: readonly string[];
  /** From its opening tag to its closing one. */
  readonly text: string;
}

/** Renders every model for one target. Touches no database, reads no clock: the same project and target give the same SQL. */
export function compileProject(project: Project, target: CompileTarget): CompiledProject {
  return compileParsed(parseProject(project), target);
}
