import { spawn } from 'node:child_process';
import { openSync, closeSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { childrenCpuMs, serverCpuMs, treeBytes } from './proc.ts';

/** A program to run and measure; with several processes it is a line for bash. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Cost {
  readonly wallMs: number;
  /** Processor time of the command and all processes it started and waited for. */
  readonly clientMs: number;
  /** Processor time of all processes of the Postgres server meanwhile; 0 when none was named. */
  readonly serverMs: number;
  /** Largest resident memory of the command's process tree, sampled. */
  readonly peakBytes: number;
}

const SAMPLE_MS = 200;
/** Time for the server to see its sessions off, so that their processor time is counted. */
const SETTLE_MS = 300;

/**
 * Runs a command to its end and tells what it cost. Nothing else may be running as a child of this process, or as a client of
 * the server. Rejects when it fails, with the end of what it wrote to its log.
 */
export async function runMeasured(
  command: Command,
  deps: { readonly logFile: string; readonly signal: AbortSignal; readonly serverDataDir?: string },
): Promise<Cost> {
  const { logFile, signal, serverDataDir } = deps;
  signal.throwIfAborted();
  const server = (): number => (serverDataDir === undefined ? 0 : serverCpuMs(serverDataDir));
  const serverBefore = server();
  const clientBefore = childrenCpuMs();
  const log = openSync(logFile, 'w', 0o600);
  const began = performance.now();
  const child = spawn(command.file, command.args, {
    env: { ...inherited(), ...command.env },
    stdio: ['ignore', log, log],
    // A process group of its own, so that an interrupted command leaves no part of itself behind.
    detached: true,
  });
  closeSync(log);
  const pid = child.pid;
  const end = (): void => {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  };
  signal.addEventListener('abort', end, { once: true });
  let peakBytes = 0;
  const sampler = setInterval(() => {
    if (pid !== undefined) peakBytes = Math.max(peakBytes, treeBytes(pid));
  }, SAMPLE_MS);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  }).finally(() => {
    clearInterval(sampler);
    signal.removeEventListener('abort', end);
  });
  const wallMs = performance.now() - began;
  const clientMs = childrenCpuMs() - clientBefore;
  signal.throwIfAborted();
  if (code !== 0) {
    const words = (await readFile(logFile, 'utf8')).trim().split('\n').slice(-15).join('\n');
    throw new Error(`${command.file} ended with ${code}; the end of ${logFile}:\n${words}`);
  }
  if (serverDataDir !== undefined) await wait(SETTLE_MS);
  return { wallMs, clientMs, serverMs: server() - serverBefore, peakBytes };
}

/** The last line of a command's log, which a program of ours ends with. */
export function lastLineOf(logFile: string): string {
  return readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? '';
}

/** What any program needs to run, and nothing that this process was told besides. */
function inherited(): Record<string, string> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  return { PATH, HOME, LANG, TZ: 'UTC' };
}
