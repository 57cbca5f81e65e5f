import { spawn } from 'node:child_process';
import { close, openSync, renameSync, statSync } from 'node:fs';

/** A user and group a server runs as. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

/** Starts a program that outlives a terminal's Ctrl-C and never keeps this process alive, and resolves to its pid. */
export function spawnServer(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logFile: string;
  readonly runAs: RunAs | null;
}): Promise<number> {
  const log = openLog(options.logFile);
  return new Promise<number>((resolve, reject) => {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', log, log],
      // A session of its own: the terminal signals only its foreground process group.
      detached: true,
      windowsHide: true,
      ...options.runAs,
    });
    child.once('error', reject);
    child.once('spawn', () => {
      child.unref();
      resolve(child.pid as number);
    });
  }).finally(() => close(log));
}

const logLimitBytes = 5_000_000;

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logLimitBytes) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}
