import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunningServer } from './ownership.ts';
import { commandLine, identifyProcess } from './process-identity.ts';

/** The server that runs on this data directory, as its own pid file tells; null when that process is not one. */
export function runningPostmaster(dataDir: string): RunningServer | null {
  const lines = readLines(dataDir);
  const pid = Number(lines[0]);
  const command = identifyProcess(pid) === null ? null : commandLine(pid);
  if (command === null || !servesFrom(command, dataDir)) return null;
  return { pid, ports: { port: Number(lines[3]) } };
}

/**
 * Lets a server start although a dead one's pid was given to another process meanwhile.
 *
 * Only the pid is replaced, by ours: Postgres takes its parent's pid for a stale one, and still checks the shared
 * memory named in the file, which is what protects the data from backends that outlived a killed server.
 */
export function discardStalePidFile(dataDir: string): void {
  const lines = readLines(dataDir);
  const pid = Number(lines[0]);
  const command = commandLine(pid);
  const isGone = identifyProcess(pid) === null;
  const isAnother = command !== null && !servesFrom(command, dataDir);
  if (lines.length > 1 && (isGone || isAnother)) {
    writeFileSync(pidFile(dataDir), [process.pid, ...lines.slice(1)].join('\n'));
  }
}

function servesFrom(command: string, dataDir: string): boolean {
  return command.includes(`-D ${dataDir} `);
}

function readLines(dataDir: string): readonly string[] {
  return existsSync(pidFile(dataDir)) ? readFileSync(pidFile(dataDir), 'utf8').split('\n') : [];
}

function pidFile(dataDir: string): string {
  return join(dataDir, 'postmaster.pid');
}
