import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { applySchedules } from '../../cli/schedules.ts';
import { withTemporal } from '../../cli/with-temporal.ts';
import type { TemporalTarget } from '../../cli/with-temporal.ts';
import { loadConfig } from '../../engine/config/load-config.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

let world: TestWorld;
let temporal: TemporalTarget;
beforeAll(async () => {
  world = await createTestWorld();
  temporal = world.world.temporal as TemporalTarget;
  await world.startWorker();
});
afterAll(() => world.stop());

test('a worker that starts makes the nightly schedule what tickmark.yml says, in its time zone', async () => {
  const described = await describe();
  // 0 2 * * * in UTC, as the server compiled it.
  expect(described?.next?.getUTCHours()).toBe(2);
  expect(described?.next?.getUTCMinutes()).toBe(0);
  expect(described?.policies.overlap).toBe('BUFFER_ONE');
});

test('what the schedule starts is the nightly refresh', async () => {
  await withTemporal(temporal, ({ schedule }) => schedule.getHandle('nightly-finance').trigger());
  await expect.poll(() => ended(), { timeout: 40_000, interval: 250 }).toEqual(['succeeded']);
});

test('a changed schedule is taken over, and one that is gone is deleted', async () => {
  const file = join(world.root, 'tickmark.yml');
  const text = await readFile(file, 'utf8');
  await writeFile(
    file,
    text.replace('cron: 0 2 * * *', 'cron: 30 4 * * *').replace('timezone: UTC', 'timezone: Asia/Tokyo'),
  );
  await applySchedules(loadConfig(world.root).verticals, temporal);
  // 04:30 in Tokyo is 19:30 the day before in UTC, the whole year.
  const moved = await describe();
  expect([moved?.next?.getUTCHours(), moved?.next?.getUTCMinutes()]).toEqual([19, 30]);

  await writeFile(file, text.replace(/ {4}schedule:\n.*\n.*\n/, ''));
  // The server lists a new schedule a moment after it knows it.
  await expect.poll(() => listed(), { timeout: 10_000 }).toEqual(['nightly-finance']);
  await applySchedules(loadConfig(world.root).verticals, temporal);
  expect(await describe()).toBeUndefined();
});

function describe() {
  return withTemporal(temporal, ({ schedule }) =>
    schedule
      .getHandle('nightly-finance')
      .describe()
      .then(
        ({ info, policies }) => ({ next: info.nextActionTimes[0], policies }),
        () => undefined,
      ),
  );
}

function listed(): Promise<string[]> {
  return withTemporal(temporal, async ({ schedule }) => {
    const ids = [];
    for await (const { scheduleId } of schedule.list()) ids.push(scheduleId);
    return ids;
  });
}

async function ended(): Promise<(string | null | undefined)[]> {
  const rows = await world.warehouse.query('select status from audit.run_ends');
  return rows.map((row) => row['status']);
}
