import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { NativeConnection, Worker } from '@temporalio/worker';
import { asActivity } from '../../activities/as-activity.ts';
import type { ActivityDeps } from '../../activities/deps.ts';
import { createActivities } from '../../activities/index.ts';
import { loadRun } from '../../activities/load-run.ts';
import { bundleWorkflows } from '../../bin/bundle-workflows.ts';
import { resolveConnection } from '../../engine/config/resolve-connection.ts';
import { openSource } from '../../engine/connectors/open-source.ts';
import type { Connection } from '../../engine/contracts/config.ts';
import type { PullSummary, SourceInput } from '../../engine/contracts/run.ts';
import { TASK_QUEUE } from '../../engine/contracts/task-queue.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { extract } from '../../engine/extract/extract.ts';
import type { Extraction } from '../../engine/extract/extract.ts';
import { recordPull } from '../../engine/land/record-pull.ts';
import { identifier, relation } from '../../engine/sql-text.ts';
import { readTuples } from '../../engine/tuples/read-tuples.ts';
import { writeTuples } from '../../engine/tuples/write-tuples.ts';
import { openWarehouse } from '../../engine/warehouse/warehouse.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';

/** How a writer that must fail writes: chunk by chunk, each committed; or all in one transaction that first empties the table. */
export type NaiveWriter = 'plain' | 'delete-and-insert';

/** A worker that is the product's but for how rows land: every attempt writes into one table, and no attempt is told from another. */
export function naiveWorker(writer: NaiveWriter): readonly string[] {
  return [fileURLToPath(import.meta.url), '--writer', writer];
}

/** The table that all attempts of a naive writer share; nothing drops it. */
export function naiveTable(runNo: string, table: string): string {
  return `${table}__r${runNo}_naive`;
}

async function runNaiveWorker(): Promise<void> {
  const { values } = parseArgs({ options: { 'project-dir': { type: 'string' }, writer: { type: 'string' } } });
  const { env } = process;
  const root = values['project-dir'] as string;
  const write = values.writer === 'plain' ? writePlainly : deleteAndInsert;
  const warehouse = openWarehouse(env['DATABASE_URL'] as string, { maxSessions: 12 });
  const evidenceKey = evidenceKeyFrom(env);
  const deps: ActivityDeps = { warehouse, evidenceKey, root, env, toolVersion: 'naive', fetch };
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] as string });
  const worker = await Worker.create({
    connection,
    namespace: env['TEMPORAL_NAMESPACE'] as string,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows(root),
    activities: {
      ...createActivities(deps),
      pullSource: (input: SourceInput): Promise<PullSummary> => asActivity(() => pullNaively(input, write, deps)),
    },
    maxHeartbeatThrottleInterval: '5 seconds',
  });
  process.send?.('ready');
  await worker.run();
  await connection.close();
  await warehouse.close();
}

type Write = (schema: string, table: string, extraction: Extraction, warehouse: Warehouse) => Promise<bigint>;

async function pullNaively({ run, source }: SourceInput, write: Write, deps: ActivityDeps): Promise<PullSummary> {
  const { project } = await loadRun(run, deps);
  const tables = project.sources.filter((table) => table.source === source);
  const name = tables[0]!.connection ?? source;
  const connection = resolveConnection(project.config.connections[name] as Connection, deps.env);
  const { signal } = new AbortController();
  const open = await openSource(connection, { name, root: deps.root, signal });
  open.lost.catch(() => undefined);
  try {
    const landed = [];
    for (const table of tables) {
      const reject = (): Promise<void> => Promise.reject(new Error('no row is to be kept aside'));
      const read = await open.read({ table, window: null, standing: null, reject, signal });
      const { limits } = connection;
      const extraction = extract(
        { table, read, mode: 'full', window: null, widened: null, limits, rejectedRows: () => 0n },
        { ...deps, piiKey: undefined, projectHash: project.hash },
      );
      const besideTable = naiveTable(run.runNo, table.name);
      const rows = await write(`raw_${source}`, besideTable, extraction, deps.warehouse);
      const manifest = await extraction.manifest({ rows, at: new Date().toISOString() });
      landed.push({ table: table.name, besideTable, manifest });
    }
    await recordPull({ run, source, tables: landed }, deps);
    return { tables: landed.map(({ table, manifest }) => ({ table, rows: manifest.copiedRows })) };
  } finally {
    await open.close();
  }
}

const writePlainly: Write = async (schema, table, extraction, warehouse) => {
  await createTable(schema, table, extraction, warehouse);
  let rows = 0n;
  for await (const batch of readTuples(extraction.rows)) {
    const chunk = writeTuples(extraction.columns.length + 1);
    for (const row of batch) chunk.add(row);
    rows += await warehouse.copyIn(copyInto(schema, table), oneChunk(chunk.end()));
  }
  return rows;
};

/** Passes every `kill -9`, and doubles rows when an attempt that was taken for dead goes on. */
const deleteAndInsert: Write = async (schema, table, extraction, warehouse) => {
  await createTable(schema, table, extraction, warehouse);
  return warehouse.transaction(async (session) => {
    await session.execute(`delete from ${relation(schema, table)}`);
    return session.copyIn(copyInto(schema, table), extraction.rows);
  });
};

function copyInto(schema: string, table: string): string {
  return `copy ${relation(schema, table)} from stdin (format binary)`;
}

async function createTable(schema: string, table: string, extraction: Extraction, warehouse: Warehouse): Promise<void> {
  const columns = extraction.columns.map(({ name, type }) => `${identifier(name)} ${type}`);
  await warehouse.execute(`create schema if not exists ${identifier(schema)}`);
  await warehouse.execute(
    `create table if not exists ${relation(schema, table)} (${columns.join(', ')}, _row_hash uuid not null)`,
  );
}

async function* oneChunk(chunk: Buffer): AsyncIterable<Buffer> {
  yield chunk;
}

// Last: what it runs must be defined by then.
if (import.meta.main) await runNaiveWorker();
