import { fileURLToPath } from 'node:url';
import { migrate } from '../engine/warehouse/migrate.ts';
import type { BenchTable } from './bench-table.ts';
import type { Cluster } from './cluster.ts';
import { lastLineOf } from './command.ts';
import type { Command } from './command.ts';
import type { PulledOnce, PullOnce } from './pull-once.ts';
import type { Way } from './way.ts';

/** Tickmark's extract, land, verify and putting in place, in a process of its own; two tables at a time, the connection's default. */
export function tickmark(
  tables: readonly BenchTable[],
  options: { readonly readBack: boolean },
  cluster: Cluster,
): Way {
  return {
    name: options.readBack ? 'tickmark, read-back' : 'tickmark',
    schema: 'raw_bench',
    prepare: (database) =>
      pullCommand({
        warehouseUrl: cluster.url(database),
        connection: { type: 'postgres', url: cluster.url('src') },
        tables: tables.map((table) => ({ ...declared(table), schema: 'public', read_back: options.readBack })),
      }),
  };
}

/** As sources.yml would declare it, whatever kind of source it lies in. */
export function declared({ name, key, totals }: BenchTable): PullOnce['tables'][number] {
  return { name, key: [...key], control_totals: [...totals] };
}

/** Brings the warehouse up to date, and gives the command that pulls into it. */
export async function pullCommand(pull: PullOnce): Promise<Command> {
  await migrate(pull.warehouseUrl);
  return {
    file: process.execPath,
    args: ['--disable-warning=ExperimentalWarning', fileURLToPath(new URL('./pull-once.ts', import.meta.url))],
    env: { TICKMARK_BENCH_PULL: JSON.stringify(pull) },
  };
}

/** What the process said of itself at its end. */
export function pulledOnce(logFile: string): PulledOnce {
  return JSON.parse(lastLineOf(logFile)) as PulledOnce;
}
