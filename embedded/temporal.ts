import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findTemporal } from './find-temporal.ts';
import { freePort } from './free-port.ts';
import { ownServer, type Ports, type RunningServer, type StopStep } from './ownership.ts';
import { spawnServer } from './spawn-server.ts';
import { untilTemporalAnswers } from './until-temporal-answers.ts';

/** A private Temporal server; `started` is true when this process owns it, so that `stop` stops it. */
export interface EmbeddedTemporal {
  readonly address: string;
  /** Null when the server runs without its web page. */
  readonly uiUrl: string | null;
  readonly started: boolean;
  readonly stop: () => Promise<void>;
}

/**
 * Resolves to the home's own Temporal server once it answers: started, adopted from a dead owner, or attached to.
 *
 * Workflows outlive the server: they are kept in a database file in the home.
 */
export async function startTemporal(options: {
  home: string;
  ui: boolean;
  env: Readonly<Record<string, string | undefined>>;
  say: (line: string) => void;
}): Promise<EmbeddedTemporal> {
  const home = resolve(options.home);
  const { ui, env, say } = options;
  const folder = join(home, 'temporal');

  const server = await ownServer({
    name: 'Temporal',
    folder,
    say,
    launch: async (remembered) => {
      const program = await findTemporal({ home, env, say });
      return spawnTemporal({ program, folder, ui, remembered });
    },
    // Its database file says nothing about who has it open; the record is written right after the start.
    find: () => null,
    untilReady: (ports, isUp) => untilTemporalAnswers({ address: addressOf(ports), isUp }),
    stopSteps,
  });

  const uiPort = server.ports['ui'];
  if (ui && uiPort === undefined) say('The running Temporal server was started without its web page');
  return {
    address: addressOf(server.ports),
    uiUrl: uiPort === undefined ? null : `http://127.0.0.1:${uiPort}`,
    started: server.owned,
    stop: server.stop,
  };
}

async function spawnTemporal(options: {
  program: string;
  folder: string;
  ui: boolean;
  remembered: Ports;
}): Promise<RunningServer> {
  const { program, folder, remembered } = options;
  const port = await freePort(remembered['port']);
  const ports = options.ui ? { port, ui: await freePort(remembered['ui']) } : { port };
  const settings = join(folder, 'settings');
  await mkdir(settings, { recursive: true });
  const pid = await spawnServer({
    command: program,
    args: [
      ['server', 'start-dev'],
      ['--ip', '127.0.0.1', '--port', String(port)],
      'ui' in ports ? ['--ui-port', String(ports.ui), '--ui-disable-news-fetch'] : ['--headless'],
      ['--db-filename', join(folder, 'temporal.db')],
      // Without a write-ahead log, parallel activities take two to three times as long.
      ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'],
      // The default of 20 a second makes each activity of a sequence wait 50 ms.
      ['--dynamic-config-value', 'history.transferProcessorMaxPollRPS=2000'],
    ].flat(),
    cwd: folder,
    // Nothing of the user's own Temporal settings: those may name another server.
    env: { HOME: settings, XDG_CONFIG_HOME: settings },
    logFile: join(folder, 'log'),
    runAs: null,
  });
  return { pid, ports };
}

// Asked politely it waits three seconds for polls to end; its database survives being killed, so we do not.
const stopSteps: readonly StopStep[] = [
  { ask: (pid) => void process.kill(pid, 'SIGTERM'), waitMs: 300 },
  { ask: (pid) => void process.kill(pid, 'SIGKILL'), waitMs: 10_000 },
];

function addressOf(ports: Ports): string {
  return `127.0.0.1:${ports['port']}`;
}
