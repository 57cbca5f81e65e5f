import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openSideBySide } from './side-by-side.ts';
import type { SideBySide } from './side-by-side.ts';

let sides: SideBySide;

beforeAll(async () => {
  sides = await openSideBySide('contracts');
}, 300_000);

afterAll(() => sides.stop());

/** Of each model by name, in its last run. */
async function statusesIn(target: string): Promise<Readonly<Record<string, string>>> {
  const { results } = JSON.parse(await readFile(join(target, 'run_results.json'), 'utf8')) as {
    results: { unique_id: string; status: string }[];
  };
  return Object.fromEntries(results.map(({ unique_id: id, status }) => [id.split('.').at(-1) ?? '', status] as const));
}

test('models that keep their contracts have the same rows, columns and types under both tools, built once and again', async () => {
  for (let time = 0; time < 2; time++) {
    expect(await sides.dbt('run', '--select', 'tag:kept')).toMatchObject({ code: 0 });
    const ours = await sides.tickmark('run', '--select', 'tag:kept', '--full-refresh');
    expect(ours.code, ours.stderr).toBe(0);
    const kept = ['parents', 'other_order', 'other_order_view', 'children', 'grown'];
    const differing = await sides.compareRows({ children: ['seen'] });
    expect(differing.filter((line) => kept.some((name) => line.startsWith(name)))).toEqual([]);
  }
}, 300_000);

test('dbt and Tickmark refuse the same models, and Tickmark another precision too', async () => {
  const theirs = await sides.dbt('run', '--exclude', 'tag:kept');
  const ours = await sides.tickmark('run', '--exclude', 'tag:kept');
  const { other_precision: dbtPrecision, ...same } = await statusesIn(join(sides.root, '../dbt-work/target'));
  expect(dbtPrecision, theirs.output).toBe('success');
  expect(await statusesIn(join(sides.root, 'target')), ours.stderr).toEqual({ ...same, other_precision: 'error' });
  expect(new Set(Object.values(same))).toEqual(new Set(['error']));
}, 300_000);
