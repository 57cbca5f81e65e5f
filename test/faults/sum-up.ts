import type { MoneyWorld } from './money-world.ts';
import type { Compared } from './moving-money.ts';
import type { Ended } from './run-to-end.ts';

/** What a drill found over all its refreshes. */
export interface Tally {
  refreshes: number;
  rows: number;
  lost: number;
  doubled: number;
  wrong: number;
  torn: number;
  /** Refreshes that succeeded with rows older than their own begin. */
  stale: number;
  hangs: number;
  /** Refreshes that ended in an error, by its code. */
  readonly failed: Map<string, number>;
}

export function newTally(): Tally {
  return { refreshes: 0, rows: 0, lost: 0, doubled: 0, wrong: 0, torn: 0, stale: 0, hangs: 0, failed: new Map() };
}

/**
 * Refreshes while `disturb` does what it does, then compares all that stands, value by value. After a refresh that failed what
 * stands is of an earlier one, and must be whole all the same.
 */
export async function refreshUnder(
  world: MoneyWorld,
  tally: Tally,
  disturb: (isOver: () => boolean) => Promise<void>,
  options: { readonly withinMs?: number } = {},
): Promise<Ended> {
  const movesBefore = world.money.moves();
  let over = false;
  const refreshed = world.refresh(options).finally(() => {
    over = true;
  });
  refreshed.catch(() => undefined);
  await disturb(() => over).catch(async (error: unknown) => {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await lastSteps(world)}`, {
      cause: error,
    });
  });
  const ended = await refreshed;
  const { rows } = await world.intrude(`select to_regclass('raw_bank.vaults') is not null as landed`);
  const compared = rows[0]?.['landed'] === 't' ? await world.compare() : null;
  if (ended.outcome === 'succeeded' && (compared === null || compared.newest < movesBefore)) tally.stale += 1;
  count(tally, ended, compared);
  return ended;
}

/** The worker's own last words, for whoever looks into a drill that got stuck. */
async function lastSteps(world: MoneyWorld): Promise<string> {
  const { rows } = await world.intrude(
    `select row(e.*)::text as line from audit.step_events e order by event_no desc limit 12`,
  );
  return rows
    .map(({ line }) => line)
    .reverse()
    .join('\n');
}

/** Counts how a refresh ended, and what the comparison of what stands after it found. */
export function count(tally: Tally, ended: Ended, compared: Compared | null): void {
  tally.refreshes += 1;
  if (ended.outcome === 'hung') tally.hangs += 1;
  if (ended.outcome === 'failed' || ended.outcome === 'held') {
    const code = ended.code ?? ended.outcome;
    tally.failed.set(code, (tally.failed.get(code) ?? 0) + 1);
  }
  if (compared === null) return;
  tally.rows += compared.rows;
  tally.lost += compared.lost;
  tally.doubled += compared.doubled;
  tally.wrong += compared.wrong;
  if (compared.torn) tally.torn += 1;
}

export function addUp(tallies: readonly Tally[]): Tally {
  const sum = newTally();
  for (const tally of tallies) {
    for (const figure of ['refreshes', 'rows', 'lost', 'doubled', 'wrong', 'torn', 'stale', 'hangs'] as const)
      sum[figure] += tally[figure];
    for (const [code, times] of tally.failed) sum.failed.set(code, (sum.failed.get(code) ?? 0) + times);
  }
  return sum;
}

/** `9 refreshes (1 VERIFY_TIE_OUT), 360000 rows compared: 0 lost, 0 doubled, 0 wrong, 0 torn, 0 stale, 0 hangs` */
export function describeTally({ refreshes, rows, lost, doubled, wrong, torn, stale, hangs, failed }: Tally): string {
  const errors = [...failed].map(([code, times]) => `${times} ${code}`).join(', ');
  return (
    `${refreshes} refreshes${errors === '' ? '' : ` (ended in ${errors})`}, ${rows} rows compared: ` +
    `${lost} lost, ${doubled} doubled, ${wrong} wrong, ${torn} torn, ${stale} stale, ${hangs} hangs`
  );
}

/** What a drill expects: nothing lost, doubled, wrong, torn, stale, and no refresh that hung. */
export const UNHARMED = { lost: 0, doubled: 0, wrong: 0, torn: 0, stale: 0, hangs: 0 } as const;

/** Of the codes that refreshes ended in, those that name nothing. */
export function unnamed(tally: Tally): string[] {
  return [...tally.failed.keys()].filter((code) => code === 'RUN_FAILED' || !/^[A-Z]+_[A-Z_]+$/.test(code));
}
