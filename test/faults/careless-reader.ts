import { setTimeout as wait } from 'node:timers/promises';
import pg from 'pg';
import { to as copyTo } from 'pg-copy-streams';

/** A reader with no deadline that takes what came for all there is: the control of the network drill. */
export async function readCarelessly(
  url: string,
  table: string,
  withinMs: number,
): Promise<{ readonly rows: number; readonly hung: boolean }> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  let rows = 0;
  const read = (async () => {
    await client.connect();
    for await (const chunk of client.query(copyTo(`copy ${table} to stdout`))) {
      rows += (chunk as Buffer).toString('latin1').split('\n').length - 1;
    }
  })().catch(() => undefined);
  const hung = await Promise.race([read.then(() => false), wait(withinMs, true)]);
  // A black hole does not even hear the farewell.
  client.end().catch(() => undefined);
  (client as unknown as { connection: { stream: { destroy: () => void } } }).connection.stream.destroy();
  return { rows, hung };
}
