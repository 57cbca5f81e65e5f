import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordDefinitions } from '../../engine/check/record-definitions.ts';
import type { CheckDefinition } from '../../engine/contracts/check.ts';
import { defineTestCheck } from '../setup/define-test-check.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';
import { runCli, worldOf, writeProject } from './run-cli.ts';

let db: TestWarehouse;

beforeAll(async () => {
  db = await createTestWarehouse();
});

afterAll(() => db.stop());

const WAIVER = {
  reason: 'the till was down that day',
  author: 'Ann',
  approver: 'Carl',
  approvedOn: '2026-01-01',
  expires: '2026-12-31',
  hash: 'f',
};

const gate = (error_if: string): CheckDefinition =>
  defineTestCheck({ id: 'shop.gate', kind: 'not_null', on: 'orders', column: 'amount', settings: { error_if } });

/** A run that came to this verdict on the check, at eight on a day of January. */
async function judged(
  day: string,
  definition: CheckDefinition,
  found: { status: string; failures: string; decision?: string; waived?: boolean; message?: string },
): Promise<void> {
  const run = await db.beginRun();
  await db.warehouse.transaction(async (session) => {
    await recordDefinitions({ run, checks: [definition] }, session);
    const values = {
      run_id: run.runId,
      check_id: definition.id,
      vertical: 'shop',
      kind: definition.kind,
      dimension: definition.dimension,
      on_relation: definition.on,
      status: found.status,
      blocking: 'true',
      population: '13295',
      failures: found.failures,
      failing_rows_kept: '0',
      percentage: '0.05',
      message: found.message ?? null,
      waiver: found.waived ? JSON.stringify(WAIVER) : null,
      reads: '["orders"]',
      definition_hash: definition.definitionHash,
      sql: '',
      sql_hash: '',
      duration_ms: '1',
      checked_at: `2026-01-${day} 08:00Z`,
    };
    await session.execute(
      `insert into audit.check_results (${Object.keys(values).join(', ')}) values (${Object.keys(values)
        .map((_, at) => `$${at + 1}`)
        .join(', ')})`,
      Object.values(values),
    );
    if (found.decision !== undefined)
      await session.execute(
        'insert into audit.publications (run_id, run_no, vertical, decision, tables) values ($1, $2, $3, $4, $5)',
        [run.runId, run.runNo, 'shop', found.decision, '[]'],
      );
  });
}

const history = async (...args: string[]) => {
  const root = await writeProject({ 'tickmark.yml': 'name: shop\n' });
  return runCli(['history', ...args], { cwd: root, openWorld: () => Promise.resolve(worldOf(root, db.url)) });
};

test('the history of a check shows what each run found, and what was changed of its definition in between', async () => {
  await judged('01', gate('!= 0'), { status: 'pass', failures: '0', decision: 'published' });
  await judged('02', gate('!= 0'), {
    status: 'fail',
    failures: '4',
    decision: 'held',
    message: 'waiver holds from 2026-01-03',
  });
  await judged('03', gate('!= 0'), { status: 'fail', failures: '4', decision: 'published', waived: true });
  await judged('04', gate('> 50'), { status: 'warn', failures: '48', decision: 'published' });
  const { stdout, code } = await history('shop.gate');
  expect(code).toBe(0);
  expect(stdout).toMatchInlineSnapshot(`
    "shop.gate
    not_null on orders, completeness

      run  1  2026-01-01 08:00  pass     0  of  13,295  0.05 %
      run  2  2026-01-02 08:00  fail     4  of  13,295  0.05 %  ▇▇
          waiver holds from 2026-01-03
          not published
      run  3  2026-01-03 08:00  waived   4  of  13,295  0.05 %  ▇▇
          until 2026-12-31: the till was down that day
        ~ settings.error_if: "!= 0" -> "> 50"
      run  4  2026-01-04 08:00  warn    48  of  13,295  0.05 %  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇
    "
  `);

  const { verdicts } = JSON.parse((await history('shop.gate', '--limit', '2', '--json')).stdout) as {
    verdicts: { definitionHash: string; isRedefined: boolean; changes: unknown; waiver: unknown }[];
  };
  expect(verdicts.map(({ isRedefined }) => isRedefined)).toEqual([false, true]);
  expect(verdicts[1]?.changes).toEqual([{ path: 'settings.error_if', from: '"!= 0"', to: '"> 50"' }]);
  // The old verdict keeps the definition that it was reached by.
  expect(verdicts.map(({ definitionHash }) => definitionHash)).toEqual([
    gate('!= 0').definitionHash,
    gate('> 50').definitionHash,
  ]);
  expect(verdicts[0]?.waiver).toEqual(WAIVER);
});

test('a check that no run recorded is refused', async () => {
  expect(await history('shop.gat')).toMatchInlineSnapshot(`
    {
      "code": 1,
      "stderr": "error: no run has recorded a check 'shop.gat'; did you mean 'shop.gate'? [CHECK_UNKNOWN]
    ",
      "stdout": "",
    }
  `);
});
