import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createActivities } from '../activities/index.ts';
import type { World } from '../cli/context.ts';
import { applySchedules } from '../cli/schedules.ts';
import { EngineError } from '../engine/errors.ts';
import { loadConfig } from '../engine/config/load-config.ts';
import { evidenceKeyFrom } from '../engine/evidence/evidence-key.ts';
import { openWarehouse } from '../engine/warehouse/warehouse.ts';
import { TASK_QUEUE } from '../engine/contracts/task-queue.ts';
import { bundleWorkflows } from './bundle-workflows.ts';

/** Runs a worker until `stopped` resolves; work in hand is finished or handed back first. */
export async function runWorker(
  world: World,
  deps: {
    readonly stopped: Promise<void>;
    readonly toolVersion: string;
    readonly say: (line: string) => void;
    readonly ready: () => void;
  },
): Promise<void> {
  if (world.temporal === null) throw new EngineError('TEMPORAL_UNREACHABLE', 'a worker needs a Temporal server');
  const { address, namespace } = world.temporal;
  // Only the level and the message: metadata of the SDK may hold an error's text.
  const logger = new DefaultLogger('WARN', ({ level, message }) =>
    deps.say(`worker ${level}: ${message.split('\n')[0]}`),
  );
  Runtime.install({ logger, shutdownSignals: [] });
  const workflowBundle = await bundleWorkflows(world.root);
  const connection = await NativeConnection.connect({ address }).catch(() => {
    throw new EngineError('TEMPORAL_UNREACHABLE', `no Temporal server answers at ${address}`);
  });
  const warehouse = openWarehouse(world.warehouseUrl, { maxSessions: 12 });
  try {
    const worker = await Worker.create({
      connection,
      namespace,
      taskQueue: TASK_QUEUE,
      workflowBundle,
      activities: createActivities({
        warehouse,
        root: world.root,
        env: world.env,
        evidenceKey: evidenceKeyFrom(world.env),
        toolVersion: deps.toolVersion,
        fetch,
      }),
      maxConcurrentActivityTaskExecutions: 8,
      maxCachedWorkflows: 100,
      maxHeartbeatThrottleInterval: '5 seconds',
      shutdownGraceTime: '5 seconds',
    });
    await applySchedules(loadConfig(world.root).verticals, world.temporal);
    const stopping = deps.stopped.then(() => {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    });
    deps.ready();
    await worker.run();
    await stopping;
  } finally {
    await connection.close();
    await warehouse.close();
  }
}
