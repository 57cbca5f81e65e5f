import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { Connection } from '@temporalio/client';
import pg from 'pg';
import { inject } from 'vitest';
import { receiveWebhooks } from '../../bin/receive-webhooks.ts';
import { spawnWorker } from '../../bin/spawn-worker.ts';
import type { SpawnedWorker } from '../../bin/spawn-worker.ts';
import type { World } from '../../cli/context.ts';
import { runWorkflow } from '../../cli/run-workflow.ts';
import type { RunReport } from '../../engine/evidence/run-report.ts';
import { migrate } from '../../engine/warehouse/migrate.ts';
import { openWarehouse } from '../../engine/warehouse/warehouse.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A project of its own on the shared servers: its files, its warehouse and source database, its Temporal namespace, its receiver of alerts. */
export interface TestWorld {
  /** The project's folder, a copy that a test may change. */
  readonly root: string;
  readonly world: World;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly warehouse: Warehouse;
  /** The source database, as its owner: what a test changes there, the source system changed. */
  readonly erp: pg.Client;
  /** The warehouse as a superuser, past triggers and grants: what an intruder could do. */
  readonly intruder: pg.Client;
  readonly alerts: () => readonly string[];
  /** Starts a worker process unless one runs: the product's, or a program of the test's own. It is started again when it dies. */
  readonly startWorker: (program?: readonly string[]) => Promise<void>;
  /** The worker process that runs now. */
  readonly workerPid: () => number | undefined;
  /** Refreshes a vertical through Temporal; starts a worker when none runs. */
  readonly refresh: (
    vertical?: string,
  ) => Promise<{ readonly report: RunReport; readonly failure: string | null; readonly lines: readonly string[] }>;
  /** Runs the command line as a process of its own. */
  readonly tickmark: (
    ...args: string[]
  ) => Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
  readonly stop: () => Promise<void>;
}

/** Makes a world around a copy of this repository's own project, or of another project folder. */
export async function createTestWorld(options: { readonly project?: string } = {}): Promise<TestWorld> {
  const servers = inject('servers');
  const id = randomUUID().replaceAll('-', '').slice(0, 12);
  const root = await copyProject(options.project ?? ROOT, servers.cache);
  const admin = await connect(servers.postgres, 'postgres');
  await admin.query(`create database warehouse_${id} owner tickmark`);
  await admin.query(`create database erp_${id} template erp`);
  await registerNamespace(servers.temporalAddress, `test-${id}`);
  const receiver = await receiveWebhooks();
  const env = {
    ...process.env,
    // CI=true would colour the output.
    NO_COLOR: '1',
    DATABASE_URL: servers.warehouseUrl.replace(/[^/]+$/, `warehouse_${id}`),
    ERP_URL: servers.erpUrl.replace(/[^/]+$/, `erp_${id}`),
    TEMPORAL_ADDRESS: servers.temporalAddress,
    TEMPORAL_NAMESPACE: `test-${id}`,
    TICKMARK_ALERT_URL: receiver.url,
    TICKMARK_EVIDENCE_KEY: 'ab'.repeat(32),
  };
  await migrate(env.DATABASE_URL);
  const warehouse = openWarehouse(env.DATABASE_URL, { maxSessions: 4 });
  const erp = await connect(servers.postgres, `erp_${id}`);
  const intruder = await connect(servers.postgres, `warehouse_${id}`);
  const temporal = { address: servers.temporalAddress, namespace: `test-${id}` };
  const world: World = {
    root,
    env,
    warehouseUrl: env.DATABASE_URL,
    warehouse: 'configured',
    temporal: { ...temporal, uiUrl: null, kind: 'configured' },
    stop: () => Promise.resolve(),
  };
  let worker: SpawnedWorker | undefined;
  const startWorker = async (program?: readonly string[]): Promise<void> => {
    worker ??= await spawnWorker(world, () => undefined, program);
  };

  return {
    root,
    world,
    env,
    warehouse,
    erp,
    intruder,
    alerts: receiver.texts,
    startWorker,
    workerPid: () => worker?.pid(),
    refresh: async (vertical = 'finance') => {
      await startWorker();
      const lines: string[] = [];
      const { report, failure } = await runWorkflow(
        { temporal, workflow: 'runVertical', workflowId: `refresh-${vertical}`, args: [{ vertical }] },
        { warehouse, say: (line) => lines.push(line) },
      );
      if (report === undefined) throw new Error(`the run left no record: ${failure}`);
      return { report, failure, lines };
    },
    tickmark: (...args) => runCommand(args, { cwd: root, env }),
    stop: async () => {
      await worker?.stop();
      await receiver.stop();
      await warehouse.close();
      await erp.end();
      await intruder.end();
      for (const name of [`warehouse_${id}`, `erp_${id}`]) await admin.query(`drop database ${name} with (force)`);
      await admin.end();
      await rm(root, { recursive: true, force: true });
    },
  };
}

async function copyProject(from: string, cache: string): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tickmark-project-'));
  await chmod(root, 0o755);
  for (const name of ['tickmark.yml', 'sql', 'checks', 'examples', 'data']) {
    await cp(join(from, name), join(root, name), { recursive: true }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  await mkdir(join(root, '.tickmark'));
  await mkdir(cache, { recursive: true });
  await symlink(cache, join(root, '.tickmark', 'cache'));
  return root;
}

async function connect(server: pg.ClientConfig, database: string): Promise<pg.Client> {
  const client = new pg.Client({ ...server, database });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

async function registerNamespace(address: string, namespace: string): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    await connection.workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: 86_400 } as never,
    });
    // The server's own registry learns of it a moment later.
    for (let tries = 0; tries < 100; tries += 1) {
      const known = await connection.workflowService.listWorkflowExecutions({ namespace }).then(
        () => true,
        () => false,
      );
      if (known) return;
      await wait(100);
    }
    throw new Error(`namespace ${namespace} was not ready in time`);
  } finally {
    await connection.close();
  }
}

async function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin', 'tickmark.ts'), ...args], {
    ...options,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, code] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number>((resolve) => child.once('exit', (exit) => resolve(exit ?? -1))),
  ]);
  return { code, stdout, stderr };
}
