import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isInFlight, untilInFlight } from '../faults/in-flight.ts';
import { killWorker } from '../faults/kill-worker.ts';
import { inMoneyWorld } from '../faults/money-world.ts';
import type { MoneyWorld } from '../faults/money-world.ts';
import { plainTable, plainWorker } from '../faults/plain-worker.ts';
import { seeded } from '../faults/random.ts';
import { drillSize } from '../faults/size.ts';
import { addUp, count, describeTally, newTally, refreshUnder, UNHARMED } from '../faults/sum-up.ts';
import type { Tally } from '../faults/sum-up.ts';
import { useToxiproxy } from '../faults/use-toxiproxy.ts';

const SEED = 20_071_231;
const WANTED = drillSize({ ci: 20, full: 200 });
/** A kill costs mostly waiting for a heartbeat that does not come: lanes wait together. */
const LANES = Math.min(4, WANTED);
const ROWS = 10_000;
/** Each table takes about three seconds: long enough to be hit, short enough to get through between two kills. */
const KILOBYTES_PER_SECOND = 300;
const CLEAN_READS = 3;

const servers = useToxiproxy();

interface Kills {
  kills: number;
  inFlight: number;
}

test(
  'kill -9 of the worker in flight loses, doubles and tears nothing; a plain writer doubles rows, and reads torn totals',
  { timeout: 300_000 + WANTED * 60_000 },
  async () => {
    const control = await killPlainWriter();
    const lanes = await Promise.all(
      Array.from({ length: LANES }, (_, lane) => {
        const random = seeded(SEED + lane);
        return inMoneyWorld(
          { toxiproxy: servers.toxiproxy, rows: ROWS, random, kilobytesPerSecond: KILOBYTES_PER_SECOND },
          (world) => refreshUnderKills(world, Math.ceil((WANTED - lane) / LANES), random),
        );
      }),
    );

    const sum = (figure: (lane: (typeof lanes)[number]) => number): number =>
      lanes.reduce((total, lane) => total + figure(lane), 0);
    const tally = addUp(lanes.map((lane) => lane.tally));
    console.log(
      `${sum(({ done }) => done.kills)} kill -9s, ${sum(({ done }) => done.inFlight)} in flight, ${sum(({ moves }) => moves)} moves meanwhile, ` +
        `${describeTally(tally)}, seed ${SEED} (control, a plain writer that reads each table by itself: ` +
        `${control.kills} kill -9s, ${control.doubled} doubled; ${control.torn} of ${CLEAN_READS} undisturbed reads torn)`,
    );
    expect(sum(({ done }) => done.inFlight)).toBeGreaterThanOrEqual(WANTED);
    expect(lanes.map(({ verifies }) => verifies)).toEqual(lanes.map(() => true));
    expect(tally).toMatchObject({ ...UNHARMED, failed: new Map() });
    expect(control.doubled).toBeGreaterThan(0);
    expect(control.torn).toBeGreaterThan(0);
  },
);

/** Refreshes again and again, with up to four kills in each; after every refresh all that stands is compared. */
async function refreshUnderKills(
  world: MoneyWorld,
  wanted: number,
  random: () => number,
): Promise<{
  readonly done: Kills;
  readonly tally: Tally;
  readonly moves: number;
  readonly verifies: boolean;
}> {
  const tally = newTally();
  const done: Kills = { kills: 0, inFlight: 0 };
  await world.startWorker();
  while (done.inFlight < wanted) {
    await refreshUnder(world, tally, async (isOver) => {
      for (let inThisRun = 0; inThisRun < 4 && done.inFlight < wanted; inThisRun += 1) {
        const moment = random() < 0.7 ? 'copying' : 'putting in place';
        if (!(await untilInFlight(world, moment, isOver))) return;
        await wait(random() * (moment === 'copying' ? 4_000 : 300));
        if (isOver()) return;
        const hits = await isInFlight(world);
        await killWorker(world);
        done.kills += 1;
        if (hits) done.inFlight += 1;
      }
    });
  }
  // A last one that nothing disturbs.
  await world.pace(null);
  await refreshUnder(world, tally, () => Promise.resolve());
  return { done, tally, moves: world.money.moves(), verifies: await world.ledgerVerifies() };
}

async function killPlainWriter(): Promise<{
  readonly kills: number;
  readonly doubled: number;
  readonly torn: number;
}> {
  const random = seeded(SEED);
  return inMoneyWorld(
    { toxiproxy: servers.toxiproxy, rows: ROWS, random, kilobytesPerSecond: KILOBYTES_PER_SECOND },
    async (world) => {
      await world.startWorker(plainWorker('plain'));
      const clean = newTally();
      for (let read = 0; read < CLEAN_READS; read += 1) {
        const ended = await world.refresh();
        count(clean, ended, await world.compare(plainTable(ended.runId)));
      }
      let over = false;
      const refreshed = world.refresh().finally(() => {
        over = true;
      });
      let kills = 0;
      while (kills < 2 && (await untilInFlight(world, 'reading', () => over))) {
        await wait(1_000);
        await killWorker(world);
        kills += 1;
      }
      const { runId } = await refreshed;
      const { doubled } = await world.compare(plainTable(runId));
      return { kills, doubled, torn: clean.torn };
    },
  );
}
