// Run as a process of its own: starts the SDK's ephemeral server once, which leaves its download in the given folder.
import { Runtime } from '@temporalio/worker';
import sdk from '@temporalio/worker/package.json' with { type: 'json' };

const folder = process.argv[2];
if (folder === undefined) throw new Error('usage: sdk-download-script.ts <folder>');

const runtime = Runtime.instance();
const server = await runtime.createEphemeralServer({
  type: 'dev-server',
  exe: {
    type: 'cached-download',
    downloadDir: folder,
    version: 'default',
    ttl: 86_400_000,
    sdkName: 'sdk-typescript',
    // The SDK's version decides which server version the download service recommends.
    sdkVersion: sdk.version,
  },
  namespace: 'default',
  ip: '127.0.0.1',
  port: null,
  uiPort: null,
  dbFilename: null,
  ui: false,
  log: { format: 'pretty', level: 'error' },
  extraArgs: [],
});
await runtime.shutdownEphemeralServer(server);
