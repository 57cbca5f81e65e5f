import { existsSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { LINEITEM, ORDERS } from './bench-table.ts';
import { startCluster } from './cluster.ts';
import { benchCsvFile } from './csv-file.ts';
import { tableOf } from './figures.ts';
import type { Line } from './figures.ts';
import { benchFlatMemory } from './flat-memory.ts';
import { benchFullPull } from './full-pull.ts';
import type { Home } from './home.ts';
import type { PeerName } from './peers.ts';
import { printOf } from './same-rows.ts';
import { benchSecondRefresh } from './second-refresh.ts';
import { generateTpch, loadTpch } from './tpch.ts';
import { benchThroughTemporal } from './through-temporal.ts';

export const EXTRACT_PARTS = ['full', 'memory', 'refresh', 'csv', 'temporal'] as const;
export type ExtractPart = (typeof EXTRACT_PARTS)[number];

export interface ExtractInput {
  readonly scale: number;
  readonly runs: number;
  readonly peerRuns: number;
  readonly peers: readonly PeerName[];
  readonly parts: readonly ExtractPart[];
}

/**
 * What extract, land and verify cost beside the physical limit and beside peers, all on one Postgres and in one go. A way that
 * did not land the source's rows has no figure; a part that failed is told, and leaves the others theirs.
 */
export async function benchExtract(input: ExtractInput, home: Home): Promise<{ readonly whole: boolean }> {
  if (!existsSync(`/proc/self/task/${process.pid}/children`)) {
    throw new Error(
      "processes are measured by Linux's /proc with its lists of children, which this system does not have",
    );
  }
  const data = await generateTpch(input.scale, home);
  const cluster = await startCluster(home.path);
  try {
    const deps = { cluster, home };
    await cluster.fresh('src');
    await loadTpch(data, 'src', cluster, home);
    const prints = new Map(
      await Promise.all(
        [LINEITEM, ORDERS].map(async (table) => {
          const print = await printOf(table, { database: 'src', relation: table.name }, cluster);
          return [table.name, print] as const;
        }),
      ),
    );
    const rows = (name: string): string => prints.get(name)?.rows ?? '';
    const machine = `${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(2)}`;
    home.say(
      `Postgres ${cluster.version}, source and warehouse in one cluster; Node ${process.versions.node}; ${machine}`,
    );
    home.say(`TPC-H scale ${input.scale}: lineitem ${rows('lineitem')} rows, orders ${rows('orders')} rows`);

    const { runs } = input;
    // The prescribed million, or all of a smaller scale.
    const csvRows = Math.min(1_000_000, Number(rows('lineitem')));
    const parts: Readonly<Record<ExtractPart, () => Promise<readonly Line[]>>> = {
      full: () => benchFullPull({ ...input, prints }, deps),
      memory: () => benchFlatMemory(deps),
      refresh: () => benchSecondRefresh({ runs }, deps),
      csv: () => benchCsvFile({ from: data, rows: csvRows, runs }, deps),
      temporal: () => benchThroughTemporal({ prints }, deps),
    };
    const lines: Line[] = [];
    const failed: ExtractPart[] = [];
    for (const part of input.parts) {
      home.say(`-- ${part}`);
      try {
        lines.push(...(await parts[part]()));
      } catch (error) {
        home.signal.throwIfAborted();
        failed.push(part);
        home.say(error instanceof Error ? error.message : String(error));
      }
    }
    for (const line of ['', ...tableOf(lines)]) home.say(line);
    if (failed.length > 0) home.say(`no figures, see above: ${failed.join(', ')}`);
    return { whole: failed.length === 0 };
  } finally {
    await cluster.stop();
  }
}
