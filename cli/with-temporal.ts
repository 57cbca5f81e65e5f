import { Client, Connection } from '@temporalio/client';
import { EngineError } from '../engine/errors.ts';

/** Where workflows run. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
}

/** Connects to a Temporal server, or says plainly that it cannot, and closes the connection whatever happens. */
export async function withTemporal<T>(target: TemporalTarget, work: (client: Client) => Promise<T>): Promise<T> {
  const connection = await Connection.connect({ address: target.address }).catch(() => {
    throw new EngineError('TEMPORAL_UNREACHABLE', `no Temporal server answers at ${target.address}`);
  });
  try {
    return await work(new Client({ connection, namespace: target.namespace }));
  } finally {
    await connection.close();
  }
}
