import { join } from 'node:path';
import { writeRunArtifacts } from '../engine/artifacts/write-run-artifacts.ts';
import type { BuildOutcome } from '../engine/contracts/build.ts';
import type { CliContext } from './context.ts';
import type { OpenedProject } from './open-project.ts';
import { warnOf } from './warn-of.ts';

/** What an invocation leaves for other tools. */
export interface InvocationRecord {
  readonly opened: OpenedProject;
  readonly targetPath: string;
  /** Null: nothing was built, and run_results.json stays as it is. */
  readonly outcomes: readonly BuildOutcome[] | null;
  readonly args: Readonly<Record<string, unknown>> & { readonly which: string };
  readonly startedAt: string;
  readonly elapsedMs: number;
}

/**
 * Writes dbt's artifacts to the target folder and gives the path of manifest.json from the project. What was built stands whether
 * they can be written or not, so a failure is a warning, and null.
 */
export function writeArtifacts(record: InvocationRecord, context: Pick<CliContext, 'say'>): string | null {
  const { opened, targetPath, outcomes, args, startedAt, elapsedMs } = record;
  const { project, compiled, root, invocationId } = opened;
  try {
    writeRunArtifacts({
      project,
      compiled,
      outcomes,
      invocation: { id: invocationId, startedAt, elapsedMs, args },
      directory: join(root, targetPath),
    });
    return join(targetPath, 'manifest.json');
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    warnOf([`the artifacts could not be written to ${targetPath} (${String(error.code)})`], context);
    return null;
  }
}
