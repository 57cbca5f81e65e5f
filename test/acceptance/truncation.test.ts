import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openProject } from '../../cli/open-project.ts';
import type { RunReport } from '../../engine/evidence/run-report.ts';
import { createTestWorld } from '../setup/test-world.ts';
import type { TestWorld } from '../setup/test-world.ts';

let world: TestWorld;
let whole: RunReport;
beforeAll(async () => {
  world = await createTestWorld();
  whole = (await world.refresh()).report;
  expect(whole.status).toBe('succeeded');
});
afterAll(() => world.stop());

/** What is made of a landed table, near or far, with the table itself. */
function madeOf(table: string): ReadonlySet<string> {
  const { compiled } = openProject({ projectDir: world.root }, { cwd: world.root, env: world.env });
  const found = new Set([table]);
  for (let size = 0; size < found.size;) {
    size = found.size;
    for (const { name, dependsOn } of compiled.models)
      if ([...dependsOn.models, ...dependsOn.sources].some((above) => found.has(above))) found.add(name);
  }
  return found;
}

/** Of a run, the checks that rest on a landed table, with their verdicts. */
async function resting(runId: string, table: string) {
  const above = madeOf(table);
  const rows = await world.warehouse.query(
    'select check_id, status, reads from audit.check_results where run_id = $1',
    [runId],
  );
  return rows.filter(({ reads }) => (JSON.parse(reads as string) as string[]).some((name) => above.has(name)));
}

async function expectNoPass(table: string): Promise<RunReport> {
  const { report } = await world.refresh();
  expect(report.status).toBe('held');
  const checks = await resting(report.runId, table);
  expect(checks.length).toBeGreaterThan(10);
  expect(checks.filter(({ status }) => status === 'pass').map(({ check_id: id }) => id)).toEqual([]);
  return report;
}

test('the control: with its rows, most of what rests on the ledger passes', async () => {
  const checks = await resting(whole.runId, 'erp.gl_detail');
  const passed = checks.filter(({ status }) => status === 'pass');
  expect(passed.length).toBeGreaterThan(checks.length / 2);
});

test('a ledger without a line leaves no pass that rests on it', async () => {
  await world.erp.query('begin');
  await world.erp.query('create table gl_detail_kept as select * from gl_detail');
  await world.erp.query('delete from gl_detail');
  await world.erp.query('commit');
  const { kris, controls } = await expectNoPass('erp.gl_detail');
  expect(kris.filter(({ colour }) => colour === 'green').map(({ id }) => id)).toEqual([]);
  expect(controls.filter(({ proposedConclusion: says }) => says === 'effective').map(({ id }) => id)).toEqual([]);
  await world.erp.query('insert into gl_detail select * from gl_detail_kept');
});

test('a posting log without a line leaves no pass that rests on it', async () => {
  const file = join(world.root, 'examples', 'aicpa-ads', 'posting_log.csv');
  const log = await readFile(file, 'utf8');
  await writeFile(file, `${log.split('\n')[0]}\n`);
  await expectNoPass('posting_log.posting_log');
  await writeFile(file, log);
});
