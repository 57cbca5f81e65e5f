import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the bench keeps what outlives one run (peers, data) and what does not (cluster, logs); always outside the repository. */
export interface Home {
  readonly path: string;
  readonly say: (line: string) => void;
  /** Aborted by Ctrl-C: what runs is then ended and everything is put away. */
  readonly signal: AbortSignal;
  readonly log: (name: string) => string;
}

export function openHome(path: string, deps: Pick<Home, 'say' | 'signal'>): Home {
  const logs = join(path, 'log');
  mkdirSync(logs, { recursive: true });
  return { path, ...deps, log: (name) => join(logs, `${name}.log`) };
}
