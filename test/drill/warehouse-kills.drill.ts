import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { checkStorage } from '../faults/check-storage.ts';
import { isInFlight, untilInFlight } from '../faults/in-flight.ts';
import { inMoneyWorld } from '../faults/money-world.ts';
import type { MoneyWorld } from '../faults/money-world.ts';
import { startMortalWarehouse } from '../faults/own-servers.ts';
import type { MortalServer, MortalWarehouse } from '../faults/own-servers.ts';
import { plainTable, plainWorker } from '../faults/plain-worker.ts';
import { seeded } from '../faults/random.ts';
import { drillSize } from '../faults/size.ts';
import { describeTally, newTally, refreshUnder, UNHARMED, unnamed } from '../faults/sum-up.ts';
import { startWitness } from '../faults/witness.ts';
import { useToxiproxy } from '../faults/use-toxiproxy.ts';

const SEED = 20_080_331;
const WANTED = drillSize({ ci: 10, full: 50 });
const sizes = { rows: 10_000, kilobytesPerSecond: 300 };
/** 10,000.00 on each of two times 10,000 places. */
const ALL_MONEY = '200000000.00';

const servers = useToxiproxy();

test(
  'kill -9 of the warehouse in flight: what was committed stays, and every refresh ends with exactly the rows or a named error',
  { timeout: 300_000 + WANTED * 90_000 },
  async () => {
    await chmod(servers.folder, 0o755);
    const control = await inOwnWarehouse('control', killUnderPlainWriter);
    const found = await inOwnWarehouse('product', killAgainAndAgain);
    const { kills, inFlight, moves, verifies, tally, seen, reads, wrongFigures, missing, storage } = found;
    console.log(
      `${kills} kill -9s of the warehouse, ${inFlight} in flight, ${moves} moves meanwhile, ${seen} acknowledged ledger entries, ${missing} missing, ` +
        `${reads} reads of the published figure, ${wrongFigures} wrong, ${describeTally(tally)}, amcheck of ${storage.tables} tables and ` +
        `${storage.indexes} indexes: ${storage.faults} faults, seed ${SEED} ` +
        `(control, a plain writer: ${control.doubled} doubled; rows acknowledged in an unlogged table: ${control.missing} missing; one byte of a table's file changed: ${control.damage} faults)`,
    );
    expect(inFlight).toBeGreaterThanOrEqual(WANTED);
    expect({ missing, wrongFigures, verifies }).toEqual({ missing: 0, wrongFigures: 0, verifies: true });
    expect(seen).toBeGreaterThan(0);
    expect(reads).toBeGreaterThan(0);
    expect(storage).toMatchObject({ faults: 0, checksums: 'on' });
    expect(storage.indexes).toBeGreaterThan(0);
    expect(tally).toMatchObject(UNHARMED);
    expect(unnamed(tally)).toEqual([]);
    expect(control.doubled).toBeGreaterThan(0);
    expect(control.missing).toBeGreaterThan(0);
    expect(control.damage).toBeGreaterThan(0);
  },
);

async function killAgainAndAgain(world: MoneyWorld, server: MortalServer) {
  const random = seeded(SEED);
  const tally = newTally();
  let [kills, inFlight, missing] = [0, 0, 0];
  await world.startWorker();
  const witness = startWitness(world, ALL_MONEY);
  try {
    while (inFlight < WANTED) {
      await refreshUnder(world, tally, async (isOver) => {
        for (let inThisRun = 0; inThisRun < 2 && inFlight < WANTED; inThisRun += 1) {
          const moment = random() < 0.5 ? 'copying' : 'putting in place';
          if (!(await untilInFlight(world, moment, isOver))) return;
          await wait(random() * (moment === 'copying' ? 2_500 : 200));
          if (isOver()) return;
          const hits = await isInFlight(world);
          await killFor(server, 300 + random() * 2_000);
          kills += 1;
          if (hits) inFlight += 1;
          missing += await witness.missing();
        }
      });
    }
    const last = await refreshUnder(world, tally, () => Promise.resolve());
    expect(last.outcome).toBe('succeeded');
    missing += await witness.missing();
  } finally {
    await witness.stop();
  }
  return {
    kills,
    inFlight,
    missing,
    tally,
    moves: world.money.moves(),
    seen: witness.seen(),
    reads: witness.reads(),
    wrongFigures: witness.wrongFigures(),
    verifies: await world.ledgerVerifies(),
    storage: await checkStorage(world),
  };
}

async function killUnderPlainWriter(
  world: MoneyWorld,
  server: MortalWarehouse,
): Promise<{ readonly doubled: number; readonly missing: number; readonly damage: number }> {
  const acknowledged = 1_000;
  await world.intrude(`create unlogged table public.forgotten as select generate_series(1, ${acknowledged}) as row_no`);
  await world.startWorker(plainWorker('plain'));
  let over = false;
  const refreshed = world.refresh().finally(() => {
    over = true;
  });
  refreshed.catch(() => undefined);
  await untilInFlight(world, 'reading', () => over);
  await wait(1_500);
  await killFor(server, 500);
  const { runId } = await refreshed;
  const { doubled } = await world.compare(plainTable(runId));
  const { rows } = await world.intrude('select count(*)::text as rows from public.forgotten');
  const damage = await damageOnePage(world, server);
  return { doubled, missing: acknowledged - Number(rows[0]?.['rows']), damage };
}

/** Changes one byte of a table's file while the server is away, and gives the faults that the check of the storage then finds. */
async function damageOnePage(world: MoneyWorld, server: MortalWarehouse): Promise<number> {
  await world.intrude('create table public.damaged as select generate_series(1, 1000) as row_no');
  await world.intrude('checkpoint');
  const { rows } = await world.intrude(`select pg_relation_filepath('public.damaged') as path`);
  await server.kill();
  const file = await open(join(server.dataDir, rows[0]?.['path'] as string), 'r+');
  await file.write(Buffer.of(0x5a), 0, 1, 8_000);
  await file.close();
  await server.restart();
  return (await checkStorage(world)).faults;
}

async function inOwnWarehouse<T>(
  name: string,
  work: (world: MoneyWorld, server: MortalWarehouse) => Promise<T>,
): Promise<T> {
  const server = await startMortalWarehouse(join(servers.folder, name));
  try {
    const options = { toxiproxy: servers.toxiproxy, random: seeded(SEED), warehouse: server, ...sizes };
    return await inMoneyWorld(options, (world) => work(world, server));
  } finally {
    await server.stop();
  }
}

async function killFor(server: MortalServer, downMs: number): Promise<void> {
  await server.kill();
  await wait(downMs);
  await server.restart();
}
