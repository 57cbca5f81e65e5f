import type { AddressInfo } from 'node:net';
import type { World } from '../cli/context.ts';
import { loadConfig } from '../engine/config/load-config.ts';
import { EngineError } from '../engine/errors.ts';
import { openWarehouse } from '../engine/warehouse/warehouse.ts';
import { createServer } from '../web/create-server.ts';
import { readCheck } from '../web/read-check.ts';
import { readStatus } from '../web/read-status.ts';

/** Serves the status page; when the port is taken, on a free one if that was asked for. */
export async function servePage(
  world: World,
  options: { readonly host: string; readonly port: number; readonly orFree: boolean },
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const warehouse = openWarehouse(world.warehouseUrl, { maxSessions: 4, readOnly: true });
  const server = await createServer({
    read: () => {
      const { name, verticals } = loadConfig(world.root);
      return warehouse.transaction((session) => readStatus({ name, verticals: Object.keys(verticals) }, session), {
        readOnly: true,
      });
    },
    readCheck: (id) => warehouse.transaction((session) => readCheck(id, session), { readOnly: true }),
    ui: { temporalUrl: world.temporal?.uiUrl ?? null },
    onError: (error) => process.stderr.write(`status page: ${error instanceof Error ? error.name : 'error'}\n`),
  });
  const { host, port: wanted } = options;
  await server.listen({ host, port: wanted }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE') throw error;
    if (!options.orFree) throw new EngineError('PORT_TAKEN', `port ${wanted} of ${host} is taken`);
    return server.listen({ host, port: 0 });
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}/`,
    stop: async () => {
      await server.close();
      await warehouse.close();
    },
  };
}
