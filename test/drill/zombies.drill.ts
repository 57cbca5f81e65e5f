import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { freezeWorker } from '../faults/freeze-worker.ts';
import { copyPids, isCopying, isWriting, untilInFlight } from '../faults/in-flight.ts';
import { inMoneyWorld } from '../faults/money-world.ts';
import type { MoneyWorld } from '../faults/money-world.ts';
import { plainTable, plainWorker } from '../faults/plain-worker.ts';
import { seeded } from '../faults/random.ts';
import { drillSize } from '../faults/size.ts';
import { addUp, describeTally, newTally, refreshUnder, UNHARMED } from '../faults/sum-up.ts';
import type { Tally } from '../faults/sum-up.ts';
import { until } from '../faults/until.ts';
import { useToxiproxy } from '../faults/use-toxiproxy.ts';

const SEED = 20_080_131;
const WANTED = drillSize({ ci: 20, full: 50 });
const LANES = Math.min(4, WANTED);
const MOMENTS = ['while the other lands', 'while the other puts in place', 'after the run has ended'] as const;
type Moment = (typeof MOMENTS)[number];
/** A frozen worker still has tasks handed to it, each of which must miss its heartbeat before the other gets it. */
const LONG = { timeoutMs: 240_000 };
const sizes = { rows: 10_000, kilobytesPerSecond: 300 };

const servers = useToxiproxy();

interface Lane {
  readonly frozenForS: number[];
  /** Zombies whose work another worker had taken over when they woke up. */
  overtaken: number;
  /** Ledger entries that came, went or changed after a run was over. */
  stale: number;
  readonly tally: Tally;
  moves: number;
  verifies: boolean;
}

test(
  'a worker that freezes in flight and wakes up after its retry writes nothing; deleting and inserting in one transaction doubles rows',
  { timeout: 300_000 + WANTED * 90_000 },
  async () => {
    const control = controlDoubles();
    control.catch(() => undefined);
    const lanes = await Promise.all(
      Array.from({ length: LANES }, (_, lane) => {
        const random = seeded(SEED + lane);
        return inMoneyWorld({ toxiproxy: servers.toxiproxy, random, ...sizes }, (world) =>
          freezeAgainAndAgain(world, Math.ceil((WANTED - lane) / LANES), lane, random),
        );
      }),
    );

    const pauses = lanes.flatMap(({ frozenForS }) => frozenForS);
    const sum = (figure: (lane: Lane) => number): number => lanes.reduce((total, lane) => total + figure(lane), 0);
    const tally = addUp(lanes.map((lane) => lane.tally));
    console.log(
      `${pauses.length} zombies frozen in flight for ${Math.min(...pauses)} to ${Math.max(...pauses)} s, ${sum(({ overtaken }) => overtaken)} overtaken, ` +
        `${sum(({ moves }) => moves)} moves meanwhile, ${sum(({ stale }) => stale)} stale writes, ${describeTally(tally)}, seed ${SEED} ` +
        `(control, delete and insert in one transaction: ${await control} doubled)`,
    );
    expect(sum(({ overtaken }) => overtaken)).toBeGreaterThanOrEqual(WANTED);
    expect(sum(({ stale }) => stale)).toBe(0);
    expect(lanes.map(({ verifies }) => verifies)).toEqual(lanes.map(() => true));
    expect(tally).toMatchObject({ ...UNHARMED, failed: new Map() });
    expect(await control).toBeGreaterThan(0);
  },
);

async function freezeAgainAndAgain(
  world: MoneyWorld,
  wanted: number,
  lane: number,
  random: () => number,
): Promise<Lane> {
  const done: Lane = { frozenForS: [], overtaken: 0, stale: 0, tally: newTally(), moves: 0, verifies: false };
  await world.startWorker();
  for (let round = 0; done.overtaken < wanted; round += 1) {
    const moment = MOMENTS[(lane + round) % MOMENTS.length]!;
    let thawLater: (() => Promise<void>) | undefined;
    await refreshUnder(world, done.tally, async (isOver) => {
      thawLater = await freezeOnce(world, moment, done, { isOver, random });
    });
    const before = await ledgerOf(world);
    await thawLater?.();
    const after = await ledgerOf(world);
    done.stale += [...before, ...after].filter((entry) => before.has(entry) !== after.has(entry)).length;
    // What the zombie did after its end, if anything, stands now.
    const compared = await world.compare();
    for (const figure of ['lost', 'doubled', 'wrong'] as const) done.tally[figure] += compared[figure];
  }
  await world.pace(null);
  await refreshUnder(world, done.tally, () => Promise.resolve());
  return Object.assign(done, { moves: world.money.moves(), verifies: await world.ledgerVerifies() });
}

/** Freezes the worker in its COPY and thaws it at a moment of the other's work; gives what is left to do when the run is over. */
async function freezeOnce(
  world: MoneyWorld,
  moment: Moment,
  done: Lane,
  { isOver, random }: { readonly isOver: () => boolean; readonly random: () => number },
): Promise<(() => Promise<void>) | undefined> {
  if (!(await untilInFlight(world, 'copying', isOver))) return undefined;
  await wait(random() * 1_500);
  if (!(await isCopying(world))) return undefined;
  const { thaw, frozenForS, stop } = await freezeWorker(world);
  const frozen = await copyPids(world);
  const finish = async (): Promise<void> => {
    thaw();
    done.frozenForS.push(frozenForS());
    await untilQuiet(world);
    await stop();
  };
  try {
    const othersCopy = async (): Promise<boolean> => (await copyPids(world)).some((pid) => !frozen.includes(pid));
    await until('another worker to take over', async () => isOver() || (await othersCopy()), LONG);
    done.overtaken += 1;
    if (moment === 'after the run has ended') {
      await until('the run to end', isOver, LONG);
      return finish;
    }
    if (moment === 'while the other puts in place') {
      const putting = async (): Promise<boolean> => !(await othersCopy()) && (await isWriting(world));
      await until('the other to put in place', async () => isOver() || (await putting()), LONG);
    } else {
      await wait(random() * 2_000);
    }
    thaw();
    await until('the run to end', isOver, LONG);
    return finish;
  } catch (error) {
    thaw();
    await stop();
    throw error;
  }
}

/** Waits until no attempt reads the source any more: the thawed one is then at its end. */
async function untilQuiet(world: MoneyWorld): Promise<void> {
  await until(
    'the thawed attempt to end',
    async () => (await world.readers()) === 0 && !(await isWriting(world)) && !(await isCopying(world)),
    LONG,
  );
}

async function ledgerOf(world: MoneyWorld): Promise<ReadonlySet<string>> {
  const { rows } = await world.intrude(`select hash::text as hash from audit.ledger`);
  return new Set(rows.map(({ hash }) => hash as string));
}

async function controlDoubles(): Promise<number> {
  const program = plainWorker('delete-and-insert');
  return inMoneyWorld({ toxiproxy: servers.toxiproxy, random: seeded(SEED), ...sizes }, async (world) => {
    await world.startWorker(program);
    let over = false;
    const refreshed = world.refresh().finally(() => {
      over = true;
    });
    refreshed.catch(() => undefined);
    await untilInFlight(world, 'copying', () => over);
    const { thaw, stop } = await freezeWorker(world, program);
    const frozen = await copyPids(world);
    try {
      await until('the other to copy', async () => (await copyPids(world)).some((pid) => !frozen.includes(pid)), LONG);
      thaw();
      const { runId } = await refreshed;
      await untilQuiet(world);
      return (await world.compare(plainTable(runId))).doubled;
    } finally {
      thaw();
      await stop();
    }
  });
}
