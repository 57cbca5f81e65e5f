import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ApplicationFailure } from '@temporalio/activity';
import { NativeConnection, Worker } from '@temporalio/worker';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';
import { asActivity } from '../../activities/as-activity.ts';
import { createActivities } from '../../activities/index.ts';
import { bundleWorkflows } from '../../bin/bundle-workflows.ts';
import { loadConfig } from '../../engine/config/load-config.ts';
import type { PullSummary, SourceInput } from '../../engine/contracts/run.ts';
import { TASK_QUEUE } from '../../engine/contracts/task-queue.ts';
import { evidenceKeyFrom } from '../../engine/evidence/evidence-key.ts';
import { identifier, relation } from '../../engine/sql-text.ts';
import { openWarehouse } from '../../engine/warehouse/warehouse.ts';
import type { Session, Warehouse } from '../../engine/warehouse/warehouse.ts';
import { MONEY_TABLES } from './moving-money.ts';

/** How the writer that must fail writes: chunk by chunk, each committed; or all in one transaction that first empties the table. */
export type PlainWriter = 'plain' | 'delete-and-insert';

/**
 * The control of the money drills, a worker that is the product's but for how rows are read and land: each table in a session
 * of its own, every attempt into one table, and no attempt is told from another.
 */
export function plainWorker(writer: PlainWriter): readonly string[] {
  return [fileURLToPath(import.meta.url), '--writer', writer];
}

/** The landed name of a table that all attempts of one run share; nothing drops it. */
export function plainTable(runId: string): (table: string) => string {
  return (table) => relation('raw_bank', landedName(runId, table));
}

function landedName(runId: string, table: string): string {
  return `${table}_${runId.replaceAll('-', '')}`;
}

async function runPlainWorker(): Promise<void> {
  const { values } = parseArgs({ options: { 'project-dir': { type: 'string' }, writer: { type: 'string' } } });
  const { env } = process;
  const root = values['project-dir'] as string;
  const write = values.writer === 'plain' ? writePlainly : deleteAndInsert;
  const warehouse = openWarehouse(env['DATABASE_URL'] as string, { maxSessions: 12 });
  const bank = loadConfig(root).connections['bank'];
  if (bank?.type !== 'postgres') throw new Error('the money project reads Postgres');
  const connection = await NativeConnection.connect({ address: env['TEMPORAL_ADDRESS'] as string });
  const worker = await Worker.create({
    connection,
    namespace: env['TEMPORAL_NAMESPACE'] as string,
    taskQueue: TASK_QUEUE,
    workflowBundle: await bundleWorkflows(root),
    activities: {
      ...createActivities({ warehouse, evidenceKey: evidenceKeyFrom(env), root, env, toolVersion: 'plain', fetch }),
      pullSource: (input: SourceInput): Promise<PullSummary> =>
        asActivity(async () => {
          await warehouse.execute('create schema if not exists raw_bank');
          const tables = [];
          for (const table of MONEY_TABLES) {
            const landed = landedName(input.run.runId, table);
            await warehouse.execute(
              `create table if not exists ${relation('raw_bank', landed)} (id text, holder text, balance text, last_move text, note text)`,
            );
            const rows = await write(relation('raw_bank', landed), readTable(bank.url, table), warehouse);
            tables.push({ table, rows: rows.toString() });
          }
          return { tables };
        }),
      verifySource: () => Promise.reject(ApplicationFailure.nonRetryable('a plain writer proves nothing', 'UNPROVEN')),
    },
    maxHeartbeatThrottleInterval: '5 seconds',
  });
  process.send?.('ready');
  await worker.run();
  await connection.close();
  await warehouse.close();
}

type Write = (landed: string, rows: AsyncIterable<Buffer>, warehouse: Warehouse) => Promise<bigint>;

const writePlainly: Write = async (landed, rows, warehouse) => {
  let written = 0n;
  for await (const chunk of rows) written += await copy(landed, oneChunk(chunk), warehouse);
  return written;
};

/** Passes every `kill -9`, and doubles rows when an attempt that was taken for dead goes on. */
const deleteAndInsert: Write = (landed, rows, warehouse) =>
  warehouse.transaction(async (session) => {
    await session.execute(`delete from ${landed}`);
    return copy(landed, rows, session);
  });

/** In text, whatever way the product's own rows take. */
function copy(landed: string, rows: AsyncIterable<Buffer>, session: Session): Promise<bigint> {
  return session.copyIn(`copy ${landed} from stdin`, rows);
}

/** A table as COPY text, in chunks of whole rows. */
async function* readTable(url: string, table: string): AsyncIterable<Buffer> {
  const client = new pg.Client({ connectionString: url, application_name: 'plain' });
  client.on('error', () => undefined);
  await client.connect();
  try {
    let rest = Buffer.alloc(0);
    for await (const chunk of client.query(copyTo(`copy ${identifier(table)} to stdout`))) {
      const all = Buffer.concat([rest, chunk as Buffer]);
      // A line's end within a value is written as two characters.
      const end = all.lastIndexOf('\n') + 1;
      rest = all.subarray(end);
      if (end > 0) yield all.subarray(0, end);
    }
  } finally {
    await client.end();
  }
}

async function* oneChunk(chunk: Buffer): AsyncIterable<Buffer> {
  yield chunk;
}

// Last: what it runs must be defined by then.
if (import.meta.main) await runPlainWorker();
