import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { findTemporal } from '../../embedded/find-temporal.ts';
import { type EmbeddedTemporal, startTemporal } from '../../embedded/temporal.ts';
import { ownerProcess } from './owner-process.ts';

let env: Record<string, string | undefined>;
let home: string;
let said: string[];
let cleanups: (() => unknown)[];

beforeAll(async () => {
  // The project's own cache, so that the program is downloaded once and not once a test.
  const cached = resolve(import.meta.dirname, '../../.tickmark');
  const program = await findTemporal({ home: cached, env: process.env, say: () => {} });
  env = { ...process.env, TEMPORAL_CLI_PATH: program };
});

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tickmark-temporal-'));
  said = [];
  cleanups = [() => rmSync(home, { recursive: true, force: true })];
});

afterEach(async () => {
  for (const cleanup of cleanups.toReversed()) await cleanup();
});

test('Temporal starts from nothing, without its web page unless asked for', async () => {
  const server = await start();
  expect(server).toMatchObject({ started: true, uiUrl: null });
  expect(await workflowStatus(server, 'nobody')).toBeNull();
  expect(said).toEqual([]);
});

test('Temporal shows its web page when asked to', async () => {
  const server = await start({ ui: true });
  const response = await fetch(server.uiUrl!);
  expect(response.status).toBe(200);
  await response.body?.cancel();
});

test('a second start attaches, and its stop does nothing', async () => {
  const first = await start();
  const second = await start({ ui: true });
  expect(second).toMatchObject({ started: false, address: first.address, uiUrl: null });
  expect(said).toEqual(['The running Temporal server was started without its web page']);
  await second.stop();
  expect(await workflowStatus(first, 'nobody')).toBeNull();
});

test('a stopped server keeps its workflows and its address', async () => {
  const first = await start();
  await startWorkflow(first, 'kept');
  await first.stop();
  await first.stop();
  const second = await start();
  expect(second).toMatchObject({ started: true, address: first.address });
  expect(await workflowStatus(second, 'kept')).toBe('RUNNING');
});

test('a killed server keeps its workflows', async () => {
  const first = await start();
  await startWorkflow(first, 'kept');
  process.kill(serverPid(), 'SIGKILL');
  expect(await workflowStatus(await start(), 'kept')).toBe('RUNNING');
});

test('the server is started once when several processes start it, and adopted once they are killed', async () => {
  const owners = await Promise.all([1, 2].map(() => otherProcess()));
  expect(owners.filter(({ served }) => served['started'])).toHaveLength(1);
  const pid = serverPid();
  await Promise.all(owners.map(({ killGroup }) => killGroup()));

  const adopter = await start();
  expect(adopter).toMatchObject({ started: true, address: owners[0]!.served['address'] });
  expect(serverPid()).toBe(pid);
  expect(said).toEqual(['Temporal was left running by a process that is gone; using it']);
  await adopter.stop();
  expect(isRunning(pid)).toBe(false);
});

async function start(options: { ui?: boolean } = {}): Promise<EmbeddedTemporal> {
  const server = await startTemporal({ home, ui: options.ui ?? false, env, say: (line) => said.push(line) });
  cleanups.push(server.stop);
  return server;
}

async function otherProcess() {
  const options = JSON.stringify({ home, ui: false, env: { TEMPORAL_CLI_PATH: env['TEMPORAL_CLI_PATH'] } });
  const owner = await ownerProcess('temporal.ts', `startTemporal({ ...${options}, say: () => {} })`);
  cleanups.push(owner.killGroup);
  return owner;
}

function serverPid(): number {
  const record = JSON.parse(readFileSync(join(home, 'temporal', 'server.json'), 'utf8')) as { server: { pid: number } };
  return record.server.pid;
}

function isRunning(pid: number): boolean {
  const stat = `/proc/${pid}/stat`;
  if (existsSync(stat)) return !readFileSync(stat, 'utf8').includes(') Z ');
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

function startWorkflow(server: EmbeddedTemporal, workflowId: string): Promise<unknown> {
  return withClient(server, (client) => client.workflow.start('noWorker', { workflowId, taskQueue: 'nobody-polls' }));
}

function workflowStatus(server: EmbeddedTemporal, workflowId: string): Promise<string | null> {
  return withClient(server, async (client) => {
    for await (const found of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) return found.status.name;
    return null;
  });
}

async function withClient<T>(server: EmbeddedTemporal, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: server.address });
  try {
    return await work(new Client({ connection }));
  } finally {
    await connection.close();
  }
}
