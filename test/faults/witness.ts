import { setTimeout as wait } from 'node:timers/promises';
import type { MoneyWorld } from './money-world.ts';

/** Somebody who reads the warehouse all the time and remembers: what was seen once was committed, and must be there for ever. */
export interface Witness {
  /** Ledger entries seen so far. */
  readonly seen: () => number;
  /** How often the published figure was read. */
  readonly reads: () => number;
  /** Published balances that were not all the bank's money. */
  readonly wrongFigures: () => number;
  /** Entries that were seen once and are there no more, or not as they were. */
  readonly missing: () => Promise<number>;
  readonly stop: () => Promise<void>;
}

export function startWitness(world: MoneyWorld, allMoney: string): Witness {
  const seen = new Set<string>();
  let [reads, wrongFigures, watching] = [0, 0, true];
  const entries = async (): Promise<string[]> => {
    const { rows } = await world.intrude(`select entry_key || ' ' || hash::text as entry from audit.ledger`);
    return rows.map(({ entry }) => entry as string);
  };
  const watch = async (): Promise<void> => {
    for (const entry of await entries()) seen.add(entry);
    const { rows } = await world.intrude(`select to_regclass('published.money') is not null as published`);
    if (rows[0]?.['published'] !== 't') return;
    const figures = await world.intrude('select balance::text as balance, places::text as places from published.money');
    reads += 1;
    if (figures.rowCount !== 1 || figures.rows[0]?.['balance'] !== allMoney) wrongFigures += 1;
  };
  const done = (async () => {
    while (watching) {
      // While the warehouse is away there is nothing to read.
      await watch().catch(() => undefined);
      await wait(100);
    }
  })();
  return {
    seen: () => seen.size,
    reads: () => reads,
    wrongFigures: () => wrongFigures,
    missing: async () => {
      const now = new Set(await entries());
      return [...seen].filter((entry) => !now.has(entry)).length;
    },
    stop: async () => {
      watching = false;
      await done;
    },
  };
}
