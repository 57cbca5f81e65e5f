import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface StaticCheck {
  readonly name: string;
  readonly package: string;
  readonly command: string;
  readonly arguments: readonly string[];
}

export interface StaticCheckResult {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
  readonly durationMs: number;
}

/** What is checked without running anything. Each of these tools fails by itself when it finds no file to look at. */
export const STATIC_CHECKS: readonly StaticCheck[] = [
  { name: 'typecheck', package: 'typescript', command: 'tsc', arguments: ['--noEmit', '--project', '.'] },
  { name: 'lint', package: 'oxlint', command: 'oxlint', arguments: ['--type-aware', '--deny-warnings'] },
  { name: 'format', package: 'prettier', command: 'prettier', arguments: ['--check', '.'] },
  { name: 'unused', package: 'knip', command: 'knip', arguments: ['--no-progress'] },
];

/** Runs one tool on the project with the Node that runs this, whatever `node` on the PATH is. */
export function runStaticCheck(check: StaticCheck, root: string): Promise<StaticCheckResult> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [commandFile(check, root), ...check.arguments], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  return new Promise((resolve) => {
    const finish = (passed: boolean): void =>
      resolve({ name: check.name, passed, output, durationMs: performance.now() - startedAt });
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (code) => finish(code === 0));
  });
}

/** The JavaScript file behind a package's command: `node_modules/.bin` holds shell scripts on Windows. */
function commandFile(check: StaticCheck, root: string): string {
  const manifest = findManifest(check.package, root);
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { bin: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : bin[check.command];
  if (file === undefined) throw new Error(`${check.package} has no command ${check.command}`);
  return join(dirname(manifest), file);
}

function findManifest(packageName: string, root: string): string {
  const folders = createRequire(join(root, 'package.json')).resolve.paths(packageName) ?? [];
  const manifests = folders.map((folder) => join(folder, packageName, 'package.json'));
  const found = manifests.find((manifest) => existsSync(manifest));
  if (found === undefined) throw new Error(`${packageName} is not installed: run npm ci --ignore-scripts`);
  return found;
}
