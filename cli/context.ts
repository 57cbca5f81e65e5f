import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type {
  BuildEvent,
  BuildOutcome,
  BuildRequest,
  IntervalReport,
  UnitTestOutcome,
} from '../engine/contracts/build.ts';
import type { Config } from '../engine/contracts/config.ts';
import type { CheckDefinition, CheckPreview, Waiver } from '../engine/contracts/check.ts';
import type { CoverageReport } from '../engine/contracts/coverage.ts';
import type { DiffOptions, DiffResult, DiffSide, Difference } from '../engine/contracts/diff.ts';
import type { CompiledModel } from '../engine/contracts/model.ts';
import type { MutateRequest, MutationProgress, MutationReport } from '../engine/contracts/mutation.ts';
import type { DeclaredSource, Project, UnitTest } from '../engine/contracts/project.ts';
import type { Vars } from '../engine/contracts/run.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import type { TemporalTarget } from './with-temporal.ts';

/** What a command works with; bin/ makes it. A command writes results to `out` and everything else to `say`. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** stdout: the result, nothing else. */
  readonly out: (text: string) => void;
  /** stderr: progress, warnings, hints. */
  readonly say: (line: string) => void;
  /** Makes the exit code 1: something that was handled failed. */
  readonly failed: () => void;
  /** Makes the exit code 2: the command could not find out what it was asked, and said why. */
  readonly faulted: () => void;
  readonly toolVersion: string;
  readonly openWorld: (options: WorldOptions) => Promise<World>;
  /** Runs a worker until `stopped` resolves. */
  readonly runWorker: (world: World, stopped: Promise<void>) => Promise<void>;
  /** A worker as a process of its own, for as long as the command runs. */
  readonly spawnWorker: (world: World, say: (line: string) => void) => Promise<{ readonly stop: () => Promise<void> }>;
  /** Tries checks on the live tables. */
  readonly previewChecks: (
    input: {
      readonly selected: readonly CheckDefinition[];
      readonly checks: readonly CheckDefinition[];
      readonly sources: readonly DeclaredSource[];
      readonly compiled: CompiledProject;
      /** A failure that one of them covers is shown as waived. */
      readonly waivers: readonly Waiver[];
      readonly runClock: string;
      readonly examples: number;
      /** Names the connections that a check may compare with. */
      readonly config: Config;
    },
    deps: { readonly warehouse: Warehouse; readonly world: World },
  ) => Promise<readonly CheckPreview[]>;
  /** Runs unit tests on rows that they give; nothing is recorded. */
  readonly runUnitTests: (
    input: { readonly tests: readonly UnitTest[]; readonly project: Project; readonly compiled: CompiledProject },
    deps: { readonly warehouse: Warehouse },
  ) => Promise<readonly UnitTestOutcome[]>;
  /** Builds one vertical in this process: the same engine as a refresh, from transform to publish. */
  readonly build: (
    input: {
      readonly project: Project;
      readonly vertical: string;
      readonly vars: Vars;
      readonly request: BuildRequest;
      /** Builds nothing and only plans: what would be built and why. */
      readonly dryRun?: boolean;
      readonly onEvent?: (event: BuildEvent) => void;
    },
    deps: { readonly warehouse: Warehouse; readonly world: World },
  ) => Promise<BuildOutcome>;
  /** Which slices of microbatch models published runs built, by which definition, and which are missing; changes nothing. */
  readonly intervals: (
    input: { readonly models: readonly CompiledModel[]; readonly compiled: CompiledProject; readonly runClock: string },
    deps: { readonly warehouse: Warehouse },
  ) => Promise<readonly IntervalReport[]>;
  /** What no check looks at, and what is checked badly; changes nothing. Without a warehouse only what the files say. */
  readonly coverage: (
    input: {
      readonly project: Project;
      readonly compiled: CompiledProject;
      readonly at: string;
      readonly staleAfterMs?: number | undefined;
      readonly wanted?: ReadonlySet<string> | undefined;
    },
    deps: { readonly warehouse: Warehouse | null },
  ) => Promise<CoverageReport>;
  /** Plants faults into copies of a vertical's data and tells which of them its checks find; the data stay as they are. */
  readonly mutate: (
    input: {
      readonly project: Project;
      readonly request: MutateRequest;
      readonly env: CliContext['env'];
      readonly onProgress: (progress: MutationProgress) => void;
      readonly signal: AbortSignal;
    },
    deps: { readonly warehouse: Warehouse },
  ) => Promise<MutationReport>;
  /** Compares two tables; `onDifference` is told of each row that is not the same. */
  readonly diffTables: (
    sides: { readonly a: DiffSide; readonly b: DiffSide },
    options: DiffOptions,
    deps: {
      readonly warehouseUrl: string | null;
      readonly root: string;
      readonly signal: AbortSignal;
      readonly onDifference: (difference: Difference) => void;
    },
  ) => Promise<DiffResult>;
  /** Serves the status page. */
  readonly serve: (
    world: World,
    options: { readonly host: string; readonly port: number; readonly orFree: boolean },
  ) => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
  /** A local receiver of webhooks, for the demonstration. */
  readonly receiveWebhooks: () => Promise<{
    readonly url: string;
    readonly texts: () => readonly string[];
    readonly stop: () => Promise<void>;
  }>;
  /** Resolves at the first Ctrl-C or termination request. */
  readonly interrupted: Promise<void>;
}

export interface WorldOptions {
  /** The project's folder. */
  readonly root: string;
  readonly temporal: boolean;
  readonly ui?: boolean;
  /** More of the environment, for this world's worker. */
  readonly extraEnv?: Readonly<Record<string, string>>;
}

/** The servers that a command works against: real ones where the environment names them, else the project's own. */
export interface World {
  readonly root: string;
  /** With DATABASE_URL and the example's sources filled in where they are embedded. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warehouseUrl: string;
  readonly warehouse: 'embedded' | 'configured';
  readonly temporal:
    (TemporalTarget & { readonly uiUrl: string | null; readonly kind: 'embedded' | 'configured' }) | null;
  readonly stop: () => Promise<void>;
}
