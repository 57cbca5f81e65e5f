import { join } from 'node:path';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { BuildOutcome } from '../contracts/build.ts';
import type { Project } from '../contracts/project.ts';
import { manifest } from './manifest.ts';
import type { Invocation } from './manifest.ts';
import { runResults } from './run-results.ts';
import type { InvocationArgs } from './run-results.ts';
import { writeJson } from './write-json.ts';

export interface RunArtifactsInput {
  readonly project: Project;
  /** With the live schemas' names. */
  readonly compiled: CompiledProject;
  /** Of every vertical that was built; null writes no run_results.json, as `parse` and `compile` do not. */
  readonly outcomes: readonly BuildOutcome[] | null;
  readonly invocation: Invocation & { readonly args: InvocationArgs };
  /** The target folder. */
  readonly directory: string;
}

/** Writes `manifest.json` and `run_results.json` in dbt's form. Safe to repeat: each file is replaced whole. */
export function writeRunArtifacts({ project, compiled, outcomes, invocation, directory }: RunArtifactsInput): void {
  writeJson(join(directory, 'manifest.json'), manifest(project, compiled, invocation));
  if (outcomes === null) return;
  writeJson(join(directory, 'run_results.json'), runResults(project, compiled, outcomes, invocation));
}
