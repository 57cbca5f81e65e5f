import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { isInFlight, untilInFlight } from '../faults/in-flight.ts';
import { inMoneyWorld } from '../faults/money-world.ts';
import { startMortalTemporal } from '../faults/own-servers.ts';
import type { MortalServer } from '../faults/own-servers.ts';
import { plainTable, plainWorker } from '../faults/plain-worker.ts';
import { seeded } from '../faults/random.ts';
import { drillSize } from '../faults/size.ts';
import { describeTally, newTally, refreshUnder, UNHARMED } from '../faults/sum-up.ts';
import { useToxiproxy } from '../faults/use-toxiproxy.ts';

const SEED = 20_080_229;
const WANTED = drillSize({ ci: 10, full: 50 });
/** Down for a moment, and down for longer than any heartbeat: then the old attempt works on beside its retry. */
const DOWN_MS = [500, 13_000] as const;
const sizes = { rows: 10_000, kilobytesPerSecond: 300 };

const servers = useToxiproxy();

test(
  'kill -9 of the Temporal server in flight: every refresh ends, and loses, doubles and tears nothing',
  { timeout: 300_000 + WANTED * 90_000 },
  async () => {
    await chmod(servers.folder, 0o755);
    const temporal = await startMortalTemporal(join(servers.folder, 'home'));
    try {
      const control = await killUnderPlainWriter(temporal);
      const { kills, inFlight, moves, verifies, tally } = await killAgainAndAgain(temporal);
      console.log(
        `${kills} kill -9s of the Temporal server, ${inFlight} in flight, down for ${DOWN_MS.join(' or ')} ms, ${moves} moves meanwhile, ` +
          `${describeTally(tally)}, seed ${SEED} (control, a plain writer: ${control} doubled)`,
      );
      expect(inFlight).toBeGreaterThanOrEqual(WANTED);
      expect(verifies).toBe(true);
      expect(tally).toMatchObject({ ...UNHARMED, failed: new Map() });
      expect(control).toBeGreaterThan(0);
    } finally {
      await temporal.stop();
    }
  },
);

function killAgainAndAgain(temporal: MortalServer & { readonly address: string }) {
  const random = seeded(SEED);
  const options = { toxiproxy: servers.toxiproxy, random, temporalAddress: temporal.address, ...sizes };
  return inMoneyWorld(options, async (world) => {
    const tally = newTally();
    let [kills, inFlight] = [0, 0];
    await world.startWorker();
    while (inFlight < WANTED) {
      await refreshUnder(world, tally, async (isOver) => {
        for (let inThisRun = 0; inThisRun < 2 && inFlight < WANTED; inThisRun += 1) {
          const moment = random() < 0.6 ? 'copying' : 'putting in place';
          if (!(await untilInFlight(world, moment, isOver))) return;
          await wait(random() * (moment === 'copying' ? 2_500 : 200));
          if (isOver()) return;
          const hits = await isInFlight(world);
          await killFor(temporal, DOWN_MS[kills % DOWN_MS.length]!);
          kills += 1;
          if (hits) inFlight += 1;
        }
      });
    }
    await refreshUnder(world, tally, () => Promise.resolve());
    return { kills, inFlight, tally, moves: world.money.moves(), verifies: await world.ledgerVerifies() };
  });
}

function killUnderPlainWriter(temporal: MortalServer & { readonly address: string }): Promise<number> {
  const options = { toxiproxy: servers.toxiproxy, random: seeded(SEED), temporalAddress: temporal.address, ...sizes };
  return inMoneyWorld(options, async (world) => {
    await world.startWorker(plainWorker('plain'));
    let over = false;
    const refreshed = world.refresh().finally(() => {
      over = true;
    });
    refreshed.catch(() => undefined);
    await untilInFlight(world, 'reading', () => over);
    await wait(1_000);
    await killFor(temporal, DOWN_MS[1]);
    const { runId } = await refreshed;
    return (await world.compare(plainTable(runId))).doubled;
  });
}

async function killFor(temporal: MortalServer, downMs: number): Promise<void> {
  await temporal.kill();
  await wait(downMs);
  await temporal.restart();
}
