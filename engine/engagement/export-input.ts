import type { RunCompilation } from '../compile/compile-run.ts';
import type { RunRef, Vars } from '../contracts/run.ts';

export interface ExportEngagementInput {
  readonly run: RunRef;
  readonly engagement: string;
  /** Absolute path; empty or not there yet. */
  readonly outputDirectory: string;
  readonly vars: Vars;
  readonly compiled: RunCompilation;
}
