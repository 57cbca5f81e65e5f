import { hash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleWithSourceMap } from '@temporalio/worker';

const WORKFLOWS = fileURLToPath(new URL('../workflows', import.meta.url));

/** The workflows as one script, kept in the project's cache under a hash of what it is made from: bundling takes seconds. */
export async function bundleWorkflows(root: string): Promise<WorkflowBundleWithSourceMap> {
  const folder = join(root, '.tickmark', 'cache');
  const file = join(folder, `workflows-${hashInputs()}.js`);
  try {
    return { code: readFileSync(file, 'utf8'), sourceMap: '' };
  } catch {
    const bundle = await bundleWorkflowCode({
      workflowsPath: join(WORKFLOWS, 'index.ts'),
      logger: { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    });
    keep(folder, file, bundle.code);
    return bundle;
  }
}

/** Workflows import nothing of ours but each other: types of the rest are erased. */
function hashInputs(): string {
  const sdk = readFileSync(fileURLToPath(import.meta.resolve('@temporalio/workflow/package.json')), 'utf8');
  const files = readdirSync(WORKFLOWS)
    .sort()
    .map((name) => `${name}\n${readFileSync(join(WORKFLOWS, name), 'utf8')}`);
  return hash('sha256', [sdk, ...files].join('\0')).slice(0, 16);
}

function keep(folder: string, file: string, code: string): void {
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, code);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // A read-only project folder costs the next start the bundling again, nothing else.
  }
}

function ignore(): void {}
