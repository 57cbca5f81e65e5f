import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';

/** Resolves once the server is healthy and knows the default namespace; rejects when it ends or takes a minute. */
export async function untilTemporalAnswers(options: { address: string; isUp: () => boolean }): Promise<void> {
  const deadline = performance.now() + 60_000;
  const connection = Connection.lazy({
    address: options.address,
    // gRPC's own pause after a refused connection is a second, as long as the whole start takes.
    channelArgs: {
      'grpc.initial_reconnect_backoff_ms': 50,
      'grpc.min_reconnect_backoff_ms': 50,
      'grpc.max_reconnect_backoff_ms': 50,
    },
  });
  try {
    for (;;) {
      const error = await askOnce(connection);
      if (error === null) return;
      if (!options.isUp()) throw new Error('the server ended');
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  } finally {
    await connection.close();
  }
}

async function askOnce(connection: Connection): Promise<Error | null> {
  try {
    return await connection.withDeadline(Date.now() + 2_000, async () => {
      const health = await connection.healthService.check({
        service: 'temporal.api.workflowservice.v1.WorkflowService',
      });
      const serving = 1;
      if (health.status !== serving) return new Error('the server is not serving yet');
      // The namespace is created after the port opens, and the web page answers before either.
      await connection.workflowService.describeNamespace({ namespace: 'default' });
      return null;
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}
