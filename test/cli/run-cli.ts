import { mkdir, mkdtemp, writeFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { CommanderError } from 'commander';
import type { CliContext, World } from '../../cli/context.ts';
import { createProgram } from '../../cli/program.ts';
import { EngineError } from '../../engine/errors.ts';

export interface Told {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** Runs a command line in this process, with the parts of the context that a test gives; the rest must not be needed. */
export async function runCli(args: readonly string[], given: Partial<CliContext>): Promise<Told> {
  const told = { stdout: '', stderr: '', code: 0 };
  const say = (line: string): void => {
    told.stderr += `${line}\n`;
  };
  const context = {
    env: {},
    cwd: '/',
    toolVersion: '0.0.0',
    interrupted: new Promise(() => undefined),
    out: (text: string) => {
      told.stdout += text;
    },
    say,
    failed: () => {
      told.code = 1;
    },
    faulted: () => {
      told.code = 2;
    },
    ...given,
  } as unknown as CliContext;
  try {
    const program = await createProgram(context, args);
    await program.parseAsync(['node', 'tickmark', ...args]);
  } catch (error) {
    if (error instanceof CommanderError) told.code = error.exitCode === 0 ? 0 : 1;
    else if (error instanceof EngineError) {
      say(`error: ${error.message}`);
      told.code = 1;
    } else throw error;
  }
  return told;
}

/** A project in a folder of its own, gone after the test. */
export async function writeProject(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tickmark-cli-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  return root;
}

/** A world whose warehouse is somebody else's: nothing is started or stopped. */
export function worldOf(root: string, warehouseUrl: string): World {
  return {
    root,
    env: {},
    warehouseUrl,
    warehouse: 'configured',
    temporal: null,
    stop: () => Promise.resolve(),
  };
}
