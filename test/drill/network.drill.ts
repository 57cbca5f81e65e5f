import { chmod } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { readCarelessly } from '../faults/careless-reader.ts';
import { isCopying, untilInFlight } from '../faults/in-flight.ts';
import { httpSource, mariadbSource, postgresSource } from '../faults/money-source.ts';
import type { MoneySource } from '../faults/money-source.ts';
import { inMoneyWorld } from '../faults/money-world.ts';
import type { MoneyWorld } from '../faults/money-world.ts';
import { NETWORK_FAULTS } from '../faults/network-faults.ts';
import type { NetworkFault } from '../faults/network-faults.ts';
import { seeded } from '../faults/random.ts';
import { drillSize } from '../faults/size.ts';
import { addUp, describeTally, newTally, refreshUnder, UNHARMED, unnamed } from '../faults/sum-up.ts';
import type { Tally } from '../faults/sum-up.ts';
import { useToxiproxy } from '../faults/use-toxiproxy.ts';

const SEED = 20_080_430;
const TIMES = drillSize({ ci: 2, full: 25 });
const ROWS = 10_000;
const KILOBYTES_PER_SECOND = 300;
/** A statement or an answer that takes longer is given up. */
const LIMIT_SECONDS = 30;
/** Each waits most of its time for a deadline. */
const LANES = 4;
/** A fault stays until it was noticed, or for this long. */
const HELD_MS = 75_000;
/** A refresh that takes longer hangs: ten attempts would have ended by then. */
const WITHIN_MS = 300_000;

const servers = useToxiproxy();

interface Found {
  readonly source: MoneySource['kind'];
  readonly fault: string;
  readonly tally: Tally;
  inFlight: number;
  /** Seconds until landing stopped, for faults that stop it. */
  readonly noticedS: number[];
  moves: number;
  verifies: boolean;
}

const SOURCES: readonly (() => Promise<MoneySource>)[] = [
  postgresSource,
  () => mariadbSource(servers.folder),
  httpSource,
];

test(
  'a broken network ends a pull in a retry or a named error, never in a hang, a short table or torn totals',
  { timeout: 600_000 + TIMES * 900_000 },
  async () => {
    // MariaDB runs as another user when the tests run as root.
    await chmod(servers.folder, 0o755);
    const control = await readUnderFaults();
    const found: Found[] = [];
    const left = SOURCES.flatMap((source) => NETWORK_FAULTS.map((fault) => ({ source, fault }))).entries();
    const lane = async (): Promise<void> => {
      for (const [no, each] of left) found.push(await breakAgainAndAgain(each, seeded(SEED + no)));
    };
    await Promise.all(Array.from({ length: LANES }, lane));

    const sum = (figure: (each: Found) => number): number => found.reduce((total, each) => total + figure(each), 0);
    for (const kind of ['postgres', 'mariadb', 'http'] as const) {
      const of = found.filter(({ source }) => source === kind);
      const noticed = of
        .filter(({ noticedS }) => noticedS.length > 0)
        .map(({ fault, noticedS }) => `${fault} ${Math.max(...noticedS)} s`);
      const after = noticed.length === 0 ? '' : `; landing stopped at the latest after ${noticed.join(', ')}`;
      console.log(`  ${kind}: ${describeTally(addUp(of.map(({ tally }) => tally)))}${after}`);
    }
    const tally = addUp(found.map((each) => each.tally));
    console.log(
      `${sum(({ inFlight }) => inFlight)} network faults in flight (${NETWORK_FAULTS.map(({ name }) => name).join(', ')}; before Postgres, MariaDB, HTTP), ` +
        `${sum(({ moves }) => moves)} moves meanwhile, ${describeTally(tally)}, seed ${SEED} ` +
        `(control, a careless reader: ${control.short} short tables, ${control.hangs} hangs in ${NETWORK_FAULTS.length} faults)`,
    );
    expect(sum(({ inFlight }) => inFlight)).toBeGreaterThanOrEqual(TIMES * NETWORK_FAULTS.length * SOURCES.length);
    expect(found.filter(({ verifies }) => !verifies)).toEqual([]);
    expect(tally).toMatchObject(UNHARMED);
    expect(unnamed(tally)).toEqual([]);
    expect(control.short).toBeGreaterThan(0);
    expect(control.hangs).toBeGreaterThan(0);
  },
);

async function breakAgainAndAgain(
  { source, fault }: { readonly source: () => Promise<MoneySource>; readonly fault: NetworkFault },
  random: () => number,
): Promise<Found> {
  return inMoneyWorld({ ...options(random), source }, async (world) => {
    const found: Found = {
      source: world.kind,
      fault: fault.name,
      tally: newTally(),
      inFlight: 0,
      noticedS: [],
      moves: 0,
      verifies: false,
    };
    await world.startWorker();
    for (let round = 0; found.inFlight < TIMES; round += 1) {
      if (round > 10 * TIMES) throw new Error(`${fault.name}: ${found.inFlight} of ${round} faults were in flight`);
      // All pages of an API come before the first row lands.
      const breakIt = round % 2 === 0 && world.kind !== 'http' ? breakWhileCopying : breakWhileReading;
      await refreshUnder(world, found.tally, (isOver) => breakIt(world, fault, found, { isOver, random }), {
        withinMs: WITHIN_MS,
      });
      const next = await refreshUnder(world, found.tally, () => Promise.resolve());
      expect(next).toMatchObject({ outcome: 'succeeded' });
    }
    return Object.assign(found, { moves: world.money.moves(), verifies: await world.ledgerVerifies() });
  });
}

type Break = (
  world: MoneyWorld,
  fault: NetworkFault,
  found: Found,
  deps: { readonly isOver: () => boolean; readonly random: () => number },
) => Promise<void>;

/** Breaks the network while rows come down it, and mends it when the pull has noticed. */
const breakWhileCopying: Break = async (world, fault, found, { isOver, random }) => {
  if (!(await untilInFlight(world, 'copying', isOver))) return;
  await wait(random() * 2_000);
  if (!(await isCopying(world))) return;
  const mend = await fault.begin(world.link, random);
  const began = performance.now();
  found.inFlight += 1;
  try {
    while (performance.now() - began < HELD_MS && !isOver()) {
      if (!(await isCopying(world))) {
        found.noticedS.push(Math.ceil((performance.now() - began) / 1000));
        break;
      }
      await wait(50);
    }
  } finally {
    await mend();
  }
};

/** Breaks the network when the source is reached: while it is logged in to or asked for columns and figures; an API's between its pages. */
const breakWhileReading: Break = async (world, fault, found, { isOver, random }) => {
  if (!(await untilInFlight(world, 'reading', isOver))) return;
  await wait(random() * (world.kind === 'http' ? 6_000 : 100));
  if ((await world.readers()) === 0) return;
  const mend = await fault.begin(world.link, random);
  const began = performance.now();
  const heldMs = random() * 60_000;
  found.inFlight += 1;
  try {
    while (performance.now() - began < heldMs && !isOver()) await wait(50);
  } finally {
    await mend();
  }
};

/** Reads a table by a reader that has no deadline and takes what came for all there is, once under each fault. */
function readUnderFaults(): Promise<{ readonly short: number; readonly hangs: number }> {
  const random = seeded(SEED);
  return inMoneyWorld(options(random), async (world) => {
    let [short, hangs] = [0, 0];
    for (const fault of NETWORK_FAULTS) {
      const reading = readCarelessly(world.sourceUrl, 'accounts', 12_000);
      await wait(1_000);
      const mend = await fault.begin(world.link, random);
      const { rows, hung } = await reading;
      await mend();
      if (hung) hangs += 1;
      else if (rows < ROWS) short += 1;
    }
    return { short, hangs };
  });
}

function options(random: () => number) {
  const { toxiproxy } = servers;
  return { toxiproxy, random, rows: ROWS, kilobytesPerSecond: KILOBYTES_PER_SECOND, limitSeconds: LIMIT_SECONDS };
}
