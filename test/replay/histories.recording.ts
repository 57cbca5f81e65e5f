import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runWorkflow } from '../../cli/run-workflow.ts';
import { withTemporal } from '../../cli/with-temporal.ts';
import type { TemporalTarget } from '../../cli/with-temporal.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';
import { portableHistory } from './portable-history.ts';
import { showHistory } from './show-history.ts';

let world: TestWorld;
let temporal: TemporalTarget;
beforeAll(async () => {
  world = await createTestWorld();
  if (world.world.temporal === null) throw new Error('a test world has a Temporal server');
  temporal = world.world.temporal;
});
afterAll(() => world.stop());

test('a refresh that succeeds', async () => {
  expect((await world.refresh()).report.status).toBe('succeeded');
  await keep('refresh-finance', 'refresh-succeeded');
});

test('a refresh that is held', async () => {
  const file = join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
  const log = await readFile(file, 'utf8');
  await writeFile(file, log.replace(/\n100011090,.*/, ''));
  expect((await world.refresh()).report.status).toBe('held');
  await writeFile(file, log);
  await keep('refresh-finance', 'refresh-held');
});

test('a refresh that fails', async () => {
  const file = join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
  const log = await readFile(file, 'utf8');
  await writeFile(file, log.slice(0, -25));
  expect((await world.refresh()).report.status).toBe('failed');
  await writeFile(file, log);
  await keep('refresh-finance', 'refresh-failed');
});

test('a refresh that is cancelled', async () => {
  const runs = await countRuns();
  const refresh = world.refresh();
  // Begun, so that the run has an end to record, and long before it is done.
  await expect.poll(countRuns, { timeout: 20_000, interval: 20 }).toBe(runs + 1);
  await withTemporal(temporal, (client) => client.workflow.getHandle('refresh-finance').cancel());
  expect((await refresh).report).toMatchObject({ status: 'failed', reason: 'extract: the run was cancelled' });
  await keep('refresh-finance', 'refresh-cancelled');
});

test('an engagement', async () => {
  const { failure } = await runWorkflow(
    {
      temporal,
      workflow: 'pullEngagement',
      workflowId: 'engagement-finance-q2',
      args: [
        {
          vertical: 'finance',
          engagement: 'q2',
          vars: { period_from: '2007-04-01', period_to: '2007-06-30' },
          outputDirectory: join(world.root, 'q2'),
        },
      ],
    },
    { warehouse: world.warehouse, say: () => undefined },
  );
  expect(failure).toBeNull();
  await keep('engagement-finance-q2', 'engagement');
});

async function keep(workflowId: string, name: string): Promise<void> {
  const history = portableHistory(await showHistory(temporal.namespace, workflowId), world.root);
  await writeFile(new URL(`./histories/${name}.json`, import.meta.url), `${JSON.stringify(history, null, 2)}\n`);
}

async function countRuns(): Promise<number> {
  const [row] = await world.warehouse.query(
    `select count(distinct run_id)::text as runs from audit.step_events where step = 'extract'`,
  );
  return Number(row?.['runs']);
}
