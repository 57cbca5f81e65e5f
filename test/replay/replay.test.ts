import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleWorkflowCode, DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import type { ReplayResult, WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { beforeAll, expect, inject, test } from 'vitest';
import { bundleWorkflows } from '../../bin/bundle-workflows.ts';
import { portableHistory } from './portable-history.ts';
import type { HistoryJson } from './portable-history.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const HISTORIES = fileURLToPath(new URL('./histories', import.meta.url));

/** Two steps that change places, in each way through the workflows; every recorded history takes one of them. */
const REORDERED = [
  {
    file: 'run-vertical.ts',
    from: /(await check\(\{ run \}\);\s*)(await measure\(\{ run \}\);)/,
    of: ['refresh-succeeded', 'refresh-held', 'refresh-succeeded-unbatched', 'refresh-held-unbatched'],
  },
  {
    file: 'run-vertical.ts',
    from: /(await tell\(run, failure\);\s*)(await endRun\([^;]*;)/,
    of: ['refresh-failed', 'refresh-cancelled', 'refresh-failed-unbatched', 'refresh-cancelled-unbatched'],
  },
  {
    file: 'pull-engagement.ts',
    from: /(await settleAll[^;]*verifySource[^;]*;\s*)(await buildModels\([^;]*;)/,
    of: ['engagement', 'engagement-unbatched'],
  },
] as const;

const silent = new DefaultLogger('ERROR', () => undefined);

let histories: { readonly name: string; readonly history: HistoryJson }[];
beforeAll(async () => {
  // A replay that fails is logged with its whole stack; the result holds it too.
  Runtime.install({ logger: silent, telemetryOptions: { logging: { filter: 'OFF' } } });
  const files = (await readdir(HISTORIES)).filter((name) => name.endsWith('.json'));
  const read = await Promise.all(
    files.map(async (file) => ({
      name: file.slice(0, -'.json'.length),
      history: JSON.parse(await readFile(join(HISTORIES, file), 'utf8')) as HistoryJson,
    })),
  );
  histories = read.sort((one, other) => (one.name < other.name ? -1 : 1));
});

test('a history of each kind is recorded, and holds neither a machine path nor who ran it', async () => {
  expect(histories.map(({ name }) => name)).toEqual([
    'engagement',
    'engagement-unbatched',
    'refresh-cancelled',
    'refresh-cancelled-unbatched',
    'refresh-failed',
    'refresh-failed-unbatched',
    'refresh-held',
    'refresh-held-unbatched',
    'refresh-succeeded',
    'refresh-succeeded-unbatched',
  ]);
  for (const { name, history } of histories) {
    const text = decoded(history);
    expect(text, name).not.toMatch(/\/(tmp|home|root|Users|var)\/|file:\/\/|node_modules/);
    expect(text, name).not.toMatch(/"identity":"(?!worker")/);
    // Recording anew would change nothing: what is of the machine is out already.
    expect(portableHistory(history, ROOT)).toEqual(history);
  }
  expect(decoded(histories[0]?.history as HistoryJson)).toContain('"outputDirectory":"/project/q2"');
});

test('the workflows of today replay every recorded history', async () => {
  const results = await replay(await bundleWorkflows(join(inject('servers').cache, '..')));
  expect(results.map(({ workflowId, error }) => ({ workflowId, error: error?.message }))).toEqual(
    histories.map(({ name }) => ({ workflowId: name, error: undefined })),
  );
  expect(results.length).toBeGreaterThanOrEqual(5);
});

test('workflows with two steps in another order replay none of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tickmark-reordered-'));
  try {
    for (const part of ['workflows', 'engine/contracts']) {
      await cp(join(ROOT, part), join(folder, part), { recursive: true });
    }
    await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    await writeFile(join(folder, 'package.json'), '{"type":"module"}');
    for (const { file, from } of REORDERED) {
      const path = join(folder, 'workflows', file);
      const text = await readFile(path, 'utf8');
      const changed = text.replace(from, '$2\n$1');
      expect(changed, `${file} still has the two steps one after the other`).not.toBe(text);
      await writeFile(path, changed);
    }
    const results = await replay(
      await bundleWorkflowCode({ workflowsPath: join(folder, 'workflows', 'index.ts'), logger: silent }),
    );
    expect(REORDERED.flatMap(({ of }) => of).sort()).toEqual(histories.map(({ name }) => name));
    expect(results).toHaveLength(histories.length);
    for (const { workflowId, error } of results)
      expect(error, workflowId).toMatchObject({
        name: 'DeterminismViolationError',
        message: expect.stringContaining('Nondeterminism error') as string,
      });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

async function replay(workflowBundle: WorkflowBundleWithSourceMap): Promise<ReplayResult[]> {
  const results: ReplayResult[] = [];
  const given = histories.map(({ name, history }) => ({ workflowId: name, history }));
  for await (const result of Worker.runReplayHistories({ workflowBundle }, given)) results.push(result);
  return results.sort((one, other) => (one.workflowId < other.workflowId ? -1 : 1));
}

/** A history as text with its payloads read. */
function decoded(history: HistoryJson): string {
  return JSON.stringify(history, (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? JSON.parse(Buffer.from(value, 'base64').toString('utf8')) : value,
  );
}
