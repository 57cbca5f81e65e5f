import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSideBySide } from './side-by-side.ts';
import type { SideBySide } from './side-by-side.ts';

let sides: SideBySide;

beforeAll(async () => {
  sides = await openSideBySide('unit-tests');
}, 300_000);

afterAll(() => sides.stop());

type Statuses = Readonly<Record<string, string>>;

/** By the test's name; dbt's as its run_results say them. */
async function dbtStatuses(): Promise<Statuses> {
  const path = join(sides.root, '../dbt-work/target/run_results.json');
  const { results } = JSON.parse(await readFile(path, 'utf8')) as { results: { unique_id: string; status: string }[] };
  return Object.fromEntries(
    results
      .filter(({ unique_id: id }) => id.startsWith('unit_test.'))
      .map(({ unique_id: id, status }) => [id.split('.').at(-1) ?? '', status] as const),
  );
}

test('dbt and Tickmark say the same of every unit test', async () => {
  for (const command of ['seed', 'snapshot', 'run']) {
    await sides.dbt(command);
    expect((await sides.tickmark(command)).stderr).not.toContain('ERROR');
  }
  const theirs = await sides.dbt('test', '--select', 'test_type:unit');
  const ours = await sides.tickmark('test', '--select', 'test_type:unit', '--json');
  const outcomes = JSON.parse(ours.stdout) as { name: string; status: string; message: string | null }[];
  const statuses = Object.fromEntries(outcomes.map(({ name, status }) => [name, status] as const));
  // dbt compares what Python prints of numbers: 2 is not 2.00 there.
  const { same_number_in_other_digits: digits, ...same } = await dbtStatuses();
  expect(digits).toBe('fail');
  expect(statuses, theirs.output).toEqual({ ...same, same_number_in_other_digits: 'pass' });
  expect([theirs.code, ours.code]).toEqual([1, 1]);
  expect(new Set(Object.values(statuses))).toEqual(new Set(['pass', 'fail', 'error']));
}, 300_000);
