import type { CompiledProject } from '../engine/compile/compile-project.ts';
import type {
  BuildEvent,
  BuildOutcome,
  BuildRequest,
  IntervalReport,
  UnitTestOutcome,
} from '../engine/contracts/build.ts';
import type { CheckDefinition, CheckPreview } from '../engine/contracts/check.ts';
import type { CompiledModel } from '../engine/contracts/model.ts';
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
      readonly examples: number;
    },
    deps: { readonly warehouse: Warehouse },
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
