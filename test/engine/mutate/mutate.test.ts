import { afterAll, beforeAll, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import type { MutationReport } from '../../../engine/contracts/mutation.ts';
import { FAULTS } from '../../../engine/mutate/faults.ts';
import { mutate } from '../../../engine/mutate/mutate.ts';
import { recordMutations } from '../../../engine/mutate/record-mutations.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { inputOf, models, mutateSales, publishSales } from './mutate-world.ts';

let db: TestWarehouse;
let runId: string;
let unchecked: MutationReport;

beforeAll(async () => {
  db = await createTestWarehouse();
  runId = await publishSales(db);
  unchecked = await mutateSales(db, runId);
}, 120_000);
afterAll(() => db.stop());

const SALES = new Set(['sales']);
const equalSales = defineTestCheck({
  id: 'shop.sales_are_staged',
  kind: 'reconcile',
  on: 'sales',
  arguments: { to: 'stg_sales', keys: ['sale_id'], compare: 'all' },
});

const outcomes = (report: MutationReport): readonly string[] =>
  report.mutants.map(({ table, column, fault, rows, outcome }) => `${table}.${column} ${fault} ${rows} ${outcome}`);
const found = (report: MutationReport, wanted: string): MutationReport['mutants'][number] | undefined =>
  report.mutants.find(({ table, column, fault }) => `${table}.${column ?? '*'} ${fault}` === wanted);

test('without a check nothing is found', () => {
  expect(unchecked.all).toEqual({ mutants: unchecked.all.mutants, killed: '0', score: '0.00' });
  expect(Number(unchecked.all.mutants)).toBeGreaterThan(200);
});

test('every fault is planted somewhere, and changes one row unless its name says more', () => {
  const planted = unchecked.mutants.filter(({ outcome }) => outcome === 'survived');
  expect(FAULTS.map(({ name }) => name).filter((name) => !planted.some(({ fault }) => fault === name))).toEqual([]);
  const rows = new Set(
    planted.map(({ fault, rows: changed }) => `${fault.replace(/^(?!missing|stale|swapped)\w+/, '...')} ${changed}`),
  );
  expect([...rows].sort()).toMatchInlineSnapshot(`
    [
      "... 1",
      "... 1 % 2",
      "... all 150",
      "missing_period 33",
      "stale_period 56",
      "swapped 2",
    ]
  `);
  expect(unchecked.mutants.filter(({ outcome }) => outcome !== 'survived')).toEqual([]);
});

test('a reconciliation of all columns finds every fault in the table that it is on', async () => {
  const report = await mutateSales(db, runId, { checks: [equalSales], tables: SALES });
  expect(report.all.score).toBe('100.00');
  expect(new Set(report.mutants.flatMap(({ foundBy }) => foundBy))).toEqual(new Set(['shop.sales_are_staged']));
});

test('and none in what both sides come from', async () => {
  const report = await mutateSales(db, runId, { checks: [equalSales], tables: new Set(['erp.sales']) });
  // A key that stands twice is found where it comes from, too.
  const known = report.mutants
    .filter(({ outcome }) => outcome === 'killed')
    .map(({ column, fault }) => `${column ?? '*'} ${fault}`);
  expect(known).toMatchInlineSnapshot(`
    [
      "* stale_period",
      "* doubled_rows",
      "* doubled_rows 1 %",
      "sale_id null",
      "sale_id null 1 %",
    ]
  `);
});

test('the same seed gives the same report, another spoils other rows', async () => {
  const asked = { tables: SALES, perColumn: 2, limit: 15 };
  const [one, again, other] = [
    await mutateSales(db, runId, asked),
    await mutateSales(db, runId, { ...asked, threads: 2 }),
    await mutateSales(db, runId, { ...asked, seed: 'another' }),
  ];
  expect(again).toEqual(one);
  expect(outcomes(other)).not.toEqual(outcomes(one));
  expect(one.mutants).toHaveLength(15);
});

test('what is proposed finds the fault that it was proposed for', async () => {
  const proposed = unchecked.mutants.flatMap(({ proposal }) => (proposal === null ? [] : [proposal.yaml]));
  expect(proposed.length).toBeGreaterThan(100);
  const checks = [...new Set(proposed)].map(checkOf);
  const report = await mutateSales(db, runId, { checks });
  const missed = unchecked.mutants.filter(
    (mutant, at) => mutant.proposal !== null && report.mutants[at]?.outcome !== 'killed',
  );
  expect(missed).toEqual([]);
  expect(Number(report.all.score)).toBeGreaterThan(80);
  expect(found(unchecked, 'customers.amount off_by_least')?.proposal?.yaml).toMatchInlineSnapshot(`
    "models:
      - name: customers
        columns:
          - name: amount
            checks:
              - recompute:
                  arguments:
                    to: sales
                    keys:
                      - customer_id
                    to_value: sum(amount)
    "
  `);
  expect(found(unchecked, 'erp.sales.city null')?.proposal?.yaml).toMatchInlineSnapshot(`
    "sources:
      - name: erp
        tables:
          - name: sales
            checks:
              - unchanged_rows:
                  arguments:
                    keys:
                      - sale_id
                    columns:
                      - city
    "
  `);
});

test('a check that compares with an earlier refresh counts in one score only', async () => {
  const unchanged = defineTestCheck({
    id: 'shop.sales_stay',
    kind: 'unchanged_rows',
    on: 'sales',
    arguments: { keys: ['sale_id'] },
  });
  const report = await mutateSales(db, runId, { checks: [unchanged], tables: SALES });
  expect(Number(report.all.score)).toBeGreaterThan(90);
  expect(report.alone.score).toBe('0.00');
});

test('a warning that finds more has found it; one that finds as much has not', async () => {
  const unpaid = defineTestCheck({
    id: 'shop.unpaid',
    kind: 'expression',
    on: 'sales',
    arguments: { expression: 'is_paid' },
    settings: { severity: 'warn' },
  });
  const report = await mutateSales(db, runId, { checks: [unpaid], tables: SALES });
  expect(found(report, 'sales.is_paid null')?.outcome).toBeDefined();
  expect(found(report, 'sales.amount sign_flipped')?.outcome).toBe('survived');
  expect(found(report, 'sales.* doubled_rows 1 %')?.outcome).toBe('killed');
});

test('a model that cannot be built, and a check that cannot run, are told apart', async () => {
  const brittle = [
    ...models,
    {
      name: 'ratios',
      template: `{{ config(materialized='table') }} select 1 / (case when amount < 0 then 0 else 1 end) as ratio from {{ ref('sales') }}`,
    },
  ];
  const divides = defineTestCheck({
    id: 'shop.divides',
    kind: 'expression',
    on: 'sales',
    arguments: { expression: '1 / (case when pieces < 0 then 0 else 1 end) = 1' },
  });
  const report = await mutateSales(db, runId, {
    models: brittle,
    checks: [divides],
    tables: SALES,
    faults: FAULTS.filter(({ name }) => name === 'sign_flipped'),
    perColumn: 1,
  });
  expect(report.mutants.map(({ column, killedBy, foundBy }) => [column, killedBy, ...foundBy])).toEqual([
    ['amount', 'build', 'ratios'],
    ['pieces', 'error', 'shop.divides'],
  ]);
  expect([report.killedByBuild, report.killedByError]).toEqual(['1', '1']);
});

test('nothing that stands is touched, locked or left behind', async () => {
  const before = await stateOf(db);
  const locks: unknown[] = [];
  let asking: Promise<unknown> = Promise.resolve();
  const input = await inputOf(runId, db.warehouse, {
    checks: [equalSales],
    // All are found: only where a check is thought of for a survivor are live tables read, as an earlier run.
    tables: SALES,
    limit: 12,
    threads: 2,
    onProgress: () => {
      asking = asking.then(async () => {
        const { rows } = await db.intruder.query(
          `select distinct n.nspname, c.relname, l.mode from pg_locks as l join pg_class as c on c.oid = l.relation join pg_namespace as n on n.oid = c.relnamespace
           where l.pid <> pg_backend_pid() and n.nspname in ('raw_erp', 'shop', 'shop_staging', 'shop__store')`,
        );
        locks.push(...rows);
      });
    },
  });
  await mutate(input, db);
  await asking;
  expect(locks).toEqual([]);
  expect(await stateOf(db)).toEqual(before);
});

test('a record holds no row value, and stands in the ledger', async () => {
  const report = await mutateSales(db, runId, { tables: new Set(['erp.sales']), perColumn: 4 });
  const id = 'a-test';
  const kept = await recordMutations({ id, report, projectHash: 'f'.repeat(64) }, db);
  expect(kept.isRecorded).toBe(true);
  await recordMutations({ id, report, projectHash: 'f'.repeat(64) }, db);
  const [row, ...others] = await db.warehouse.query('select * from audit.mutation_runs');
  expect(others).toEqual([]);
  expect(row).toMatchObject({
    vertical: 'shop',
    run_id: runId,
    mutants: report.all.mutants,
    killed: '0',
    score: '0.00',
  });
  expect(JSON.stringify(report)).toContain('- C6');
  expect(row?.['report']).not.toMatch(/C6|Bern|Köln/);
  const [entry] = await db.warehouse.query(`select body from audit.ledger where kind = 'mutate'`);
  expect(JSON.parse(entry?.['body'] as string)).toMatchObject({ vertical: 'shop', seed: 'tests', all: report.all });
});

test('a survivor may be justified, and still counts', async () => {
  const survivors = [
    {
      table: 'customers',
      column: 'sales',
      fault: 'null',
      reason: 'nobody reads it',
      vertical: 'shop',
      file: 'checks/shop/survivors.yml',
      line: 2,
    },
  ];
  const report = await mutateSales(db, runId, { survivors, tables: new Set(['customers']) });
  expect(found(report, 'customers.sales null')).toMatchObject({ outcome: 'survived', justified: 'nobody reads it' });
  expect(found(report, 'customers.amount null')?.justified).toBeNull();
  expect(report.all.score).toBe('0.00');
});

function checkOf(yaml: string, at: number): CheckDefinition {
  const document = parse(yaml) as {
    models?: { name: string; checks?: unknown[]; columns?: { name: string; checks: unknown[] }[] }[];
    sources?: {
      name: string;
      tables: { name: string; checks?: unknown[]; columns?: { name: string; checks: unknown[] }[] }[];
    }[];
  };
  const [source] = document.sources ?? [];
  const relation = document.models?.[0] ?? source?.tables[0];
  const [column] = relation?.columns ?? [];
  const [written] = relation?.checks ?? column?.checks ?? [];
  const [kind = '', spec] = typeof written === 'string' ? [written] : (Object.entries(written as object)[0] ?? []);
  return defineTestCheck({
    id: `shop.proposed_${at}`,
    kind,
    on: source === undefined ? (relation?.name ?? '') : `${source.name}.${relation?.name}`,
    ...(column === undefined ? {} : { column: column.name }),
    arguments: (spec as { arguments?: object } | undefined)?.arguments ?? {},
  });
}

/** Everything that a mutation could leave: schemas, relations with their content, sequences. */
async function stateOf({ intruder }: TestWarehouse): Promise<unknown> {
  const catalog = await intruder.query(
    `select n.nspname, c.relname, c.relkind, c.relfilenode from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
     where n.nspname !~ '^pg_' and n.nspname <> 'information_schema' order by 1, 2`,
  );
  const schemas = await intruder.query('select nspname from pg_namespace order by 1');
  const contents: string[] = [];
  for (const { nspname, relname, relkind } of catalog.rows as Record<string, string>[]) {
    if (!['r', 'v', 'S'].includes(relkind ?? '')) continue;
    const { rows } = await intruder.query(
      relkind === 'S'
        ? `select '${nspname}.${relname} ' || last_value || is_called as content from "${nspname}"."${relname}"`
        : `select '${nspname}.${relname} ' || count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)), 0) as content from "${nspname}"."${relname}" as t`,
    );
    contents.push((rows[0] as { content: string }).content);
  }
  return { catalog: catalog.rows, schemas: schemas.rows, contents };
}
