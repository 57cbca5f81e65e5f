import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { DefinitionEvent } from '../../../engine/contracts/definition.ts';
import { describeChange } from '../../../engine/contracts/definition.ts';
import { recordDefinitions } from '../../../engine/check/record-definitions.ts';
import { verifyDefinitions } from '../../../engine/evidence/verify-definitions.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;

beforeAll(async () => {
  db = await createTestWarehouse();
});

afterAll(() => db.stop());

const check = (settings: object = {}, id = 'shop.amount'): CheckDefinition =>
  defineTestCheck({ id, kind: 'not_null', on: 'orders', column: 'amount', settings: { id, ...settings } });
const bespoke = (sql: string, definitionHash: string): CheckDefinition => ({
  ...check({}, 'shop.own'),
  kind: 'bespoke',
  sql,
  definitionHash,
});

async function record(...checks: CheckDefinition[]): Promise<{ runNo: string; events: readonly DefinitionEvent[] }> {
  const run = await db.beginRun();
  const events = await db.warehouse.transaction((session) => recordDefinitions({ run, checks }, session));
  return { runNo: run.runNo, events };
}

const told = ({ events }: { readonly events: readonly DefinitionEvent[] }): string[] =>
  events.map(({ checkId, event, changes }) => [event, checkId, ...changes.map(describeChange)].join(' '));

test('a definition is told when it is new, when it changes and when it is gone, and kept once', async () => {
  const own = bespoke('select 1', 'a'.repeat(64));
  expect(told(await record(check(), own))).toEqual(['added shop.amount', 'added shop.own']);
  expect(told(await record(check(), own))).toEqual([]);
  expect(told(await record(check({ error_if: '> 5', where: "city = 'Bern'" }), own))).toMatchInlineSnapshot(`
    [
      "changed shop.amount settings.error_if: "!= 0" -> "> 5" settings.where: nothing -> "city = 'Bern'"",
    ]
  `);
  expect(told(await record(check(), { ...own, sql: 'select 2', definitionHash: 'b'.repeat(64) })))
    .toMatchInlineSnapshot(`
    [
      "changed shop.amount settings.error_if: "> 5" -> "!= 0" settings.where: "city = 'Bern'" -> nothing",
      "changed shop.own sql: 822ae07d4783158bc1912bb623e5107cc9002d519e1143a9c200ed6ee18b6d0f -> 3cf988cc782b44bc24ceb17e445d9c3cfd06b6c848ecfff949e1bfdb9f705a61",
    ]
  `);
  expect(told(await record(check(), { ...own, sql: 'select 2', definitionHash: 'c'.repeat(64) })))
    .toMatchInlineSnapshot(`
    [
      "changed shop.own file: bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb -> cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
    ]
  `);
  expect(told(await record(check()))).toEqual(['removed shop.own']);
  expect(told(await record(check(), own))).toEqual(['added shop.own']);

  const kept = await db.warehouse.query(
    `select check_id, count(*)::text as definitions from audit.check_definitions group by check_id order by check_id`,
  );
  expect(kept).toEqual([
    { check_id: 'shop.amount', definitions: '2' },
    { check_id: 'shop.own', definitions: '3' },
  ]);
});

test('what was recorded of definitions is in the ledger, and a change of it is found', async () => {
  expect(await verifyDefinitions(db.warehouse)).toEqual([]);
  await db.intruder.query(`set session_replication_role = replica`);
  await db.intruder.query(
    `update audit.check_definition_events set changes = '[]' where event = 'changed' and check_id = 'shop.amount'`,
  );
  await db.intruder.query(`update audit.check_definitions set definition = replace(definition, '> 5', '> 6')`);
  expect((await verifyDefinitions(db.warehouse)).map(({ table, subject, fault }) => [table, subject, fault]))
    .toMatchInlineSnapshot(`
    [
      [
        "audit.check_definition_events",
        "shop.amount",
        "it, or the definition that it tells of, is not what the ledger recorded",
      ],
      [
        "audit.check_definition_events",
        "shop.amount",
        "it, or the definition that it tells of, is not what the ledger recorded",
      ],
    ]
  `);
});
