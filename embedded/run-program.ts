import { spawn } from 'node:child_process';
import type { RunAs } from './spawn-server.ts';

/** How a program ended; `missing` when there is no such program. */
export interface ProgramResult {
  readonly code: number | null;
  readonly missing: boolean;
  readonly output: string;
}

/** Runs a program to its end and resolves to its exit code and its last words, never rejecting for either. */
export function runProgram(options: {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly runAs?: RunAs | null;
}): Promise<ProgramResult> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...options.runAs,
    });
    const collect = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-4000);
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => {
      resolve({ code: null, missing: error.code === 'ENOENT', output: error.message });
    });
    child.once('close', (code) => resolve({ code, missing: false, output: output.trim() }));
  });
}
