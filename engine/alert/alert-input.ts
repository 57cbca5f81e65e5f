import type { RunFailure, RunRef } from '../contracts/run.ts';

export interface AlertDestination {
  readonly name: string;
  readonly on: readonly string[];
  /** Null when its environment variable is not set: the alert is then recorded as undelivered. */
  readonly url: string | null;
}

export interface AlertInput {
  readonly run: RunRef;
  readonly failure?: RunFailure | undefined;
  readonly routes: readonly AlertDestination[];
}
