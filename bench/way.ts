import type { Cluster } from './cluster.ts';
import { runMeasured } from './command.ts';
import type { Command, Cost } from './command.ts';
import type { Home } from './home.ts';

/** A way to move tables of the database `src` into a warehouse of its own. */
export interface Way {
  readonly name: string;
  /** Fills an empty database with what the way needs there, not measured, and gives the command that is. */
  readonly prepare: (database: string) => Promise<Command>;
  /** Where the rows then lie. */
  readonly schema: string;
}

/** Runs a way once, into a new database that is named for it, and leaves its rows there. */
export async function runWay(
  way: Way,
  cluster: Cluster,
  home: Home,
): Promise<{ readonly database: string; readonly cost: Cost; readonly logFile: string }> {
  const database = `wh_${way.name.replaceAll(/[^a-z0-9]+/g, '_')}`;
  await cluster.fresh(database);
  const command = await way.prepare(database);
  const logFile = home.log(database);
  return { database, cost: await runAlone(command, logFile, cluster, home), logFile };
}

/** Measures a command with nothing left to be written from before, so that it does not pay for what came before it. */
export async function runAlone(command: Command, logFile: string, cluster: Cluster, home: Home): Promise<Cost> {
  await cluster.query('postgres', 'checkpoint');
  return runMeasured(command, { logFile, signal: home.signal, serverDataDir: cluster.dataDir });
}

/** Lines for bash, of which none may fail, nor any part of a pipe. */
export function bash(lines: readonly string[], env: Readonly<Record<string, string>>): Command {
  return { file: 'bash', args: ['-c', ['set -euo pipefail', ...lines].join('\n')], env };
}
