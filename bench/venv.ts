import { globSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runMeasured } from './command.ts';
import type { Home } from './home.ts';

export interface Tool {
  readonly name: string;
  readonly requirements: readonly string[];
  /** Where it lies in the environment's folder; may have wildcards. */
  readonly program: string;
}

/** A tool's program, or why there is none. */
export type FoundTool = { readonly path: string } | { readonly path: null; readonly why: string };

/** Gives a tool from PyPI in an environment of its own, installed once for these requirements; a failure is told, not thrown. */
export async function toolIn({ name, requirements, program }: Tool, home: Home): Promise<FoundTool> {
  const folder = join(home.path, 'venv', name);
  const marker = join(folder, 'requirements');
  const find = (): string | undefined => globSync(join(folder, program))[0];
  const wanted = requirements.join('\n');
  const installed = (await readFile(marker, 'utf8').catch(() => '')) === wanted ? find() : undefined;
  if (installed !== undefined) return { path: installed };
  home.say(`installing ${requirements.join(' ')}`);
  const run = (file: string, args: readonly string[]): Promise<unknown> =>
    runMeasured({ file, args, env: pipEnv() }, { logFile: home.log(`install-${name}`), signal: home.signal });
  try {
    await rm(folder, { recursive: true, force: true });
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '-q', '--no-input', ...requirements]);
    await writeFile(marker, wanted);
  } catch (error) {
    home.signal.throwIfAborted();
    return { path: null, why: error instanceof Error ? error.message : String(error) };
  }
  const path = find();
  return path !== undefined ? { path } : { path: null, why: `its package brings no ${program} for this machine` };
}

/** How this machine reaches its package index is for its own settings to say. */
function pipEnv(): Record<string, string> {
  const entries = Object.entries(process.env).filter(([name]) =>
    /^(PIP_|SSL_|REQUESTS_|https?_proxy$|no_proxy$)/i.test(name),
  );
  return Object.fromEntries(entries.map(([name, value]) => [name, value ?? '']));
}
