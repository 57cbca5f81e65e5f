import { compileProject } from '../../../engine/compile/compile-project.ts';
import type { CheckDefinition } from '../../../engine/contracts/check.ts';
import { ConfigSpec } from '../../../engine/contracts/config.ts';
import type { MutationReport } from '../../../engine/contracts/mutation.ts';
import type { DeclaredSource, Project } from '../../../engine/contracts/project.ts';
import { findRun } from '../../../engine/evidence/run-record.ts';
import { FAULTS } from '../../../engine/mutate/faults.ts';
import { mutate } from '../../../engine/mutate/mutate.ts';
import type { MutateInput } from '../../../engine/mutate/mutate.ts';
import { liveSchema } from '../../../engine/warehouse/model-schema.ts';
import type { Warehouse } from '../../../engine/warehouse/warehouse.ts';
import { testModel } from '../../setup/compile-test-run.ts';
import type { TestModel } from '../../setup/compile-test-run.ts';
import { declareTable } from '../../setup/pull-tables.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { buildTestRun } from '../transform/build-test-run.ts';

/** 150 sales of three months, of every type that faults are made for. */
const SALES = `create table raw_erp.sales as
select n::bigint as sale_id, 'C' || (n % 7) as customer_id, (n * 1.25)::numeric(12,2) as amount, (n % 9)::integer as pieces,
  date '2026-01-01' + (n % 90)::integer as sold_on, timestamp '2026-01-01 08:00' + n * interval '7 hours' as entered_at,
  (time '08:00' + n * interval '3 minutes')::time as rang_at, n % 4 = 0 as is_paid,
  case when n % 3 = 0 then 'Köln' when n % 3 = 1 then 'Bern' end as city, to_char(date '2026-01-01' + (n % 90)::integer, 'YYYYMMDD') as due_date,
  (n * 0.5)::text as tax_amount, jsonb_build_object('n', n) as extra, 7 as _run_no
from generate_series(1, 150) as n`;

export const sources: readonly DeclaredSource[] = [declareTable({ name: 'sales', key: ['sale_id'] })];

export const models: readonly TestModel[] = [
  {
    name: 'stg_sales',
    layer: 'staging',
    template: `{{ config(materialized='view') }} select sale_id, trim(customer_id) as customer_id, amount, pieces, sold_on, city, is_paid from {{ source('erp', 'sales') }}`,
  },
  { name: 'sales', template: `{{ config(materialized='table') }} select * from {{ ref('stg_sales') }}` },
  {
    name: 'customers',
    template: `{{ config(materialized='table') }}
select customer_id, count(*) as sales, sum(amount) as amount, min(sold_on) as first_sold_on, bool_or(is_paid) as has_paid
from {{ ref('sales') }} group by customer_id`,
  },
];

/** Lands the sales and publishes a run of these models. */
export async function publishSales(db: TestWarehouse, built: readonly TestModel[] = models): Promise<string> {
  await db.intruder.query('create schema raw_erp authorization tickmark');
  await db.intruder.query(SALES);
  await db.intruder.query('alter table raw_erp.sales owner to tickmark');
  const { run, decision } = await buildTestRun(db, built, { sources });
  if (decision !== 'published') throw new Error(`the run was ${decision}`);
  return run.runId;
}

export type Asked = Partial<MutateInput> & {
  readonly checks?: readonly CheckDefinition[];
  readonly models?: readonly TestModel[];
  readonly survivors?: Project['survivors'];
};

/** What `mutate` works on: the sales with these checks. */
export async function inputOf(runId: string, warehouse: Warehouse, asked: Asked = {}): Promise<MutateInput> {
  const { checks = [], models: own = models, survivors = [], ...rest } = asked;
  const project: Project = {
    root: '.',
    config: ConfigSpec.parse({ name: 'test', warehouse: { url: '' }, verticals: {} }),
    sources,
    models: own.map(testModel),
    macros: [],
    docs: [],
    exposures: [],
    unitTests: [],
    checks,
    waivers: [],
    survivors,
    controls: [],
    kris: [],
    hash: '0'.repeat(64),
  };
  const run = await findRun(runId, warehouse);
  const words = { vars: {}, env: {}, runClock: run.runClock, invocationId: runId };
  const live = compileProject(project, { ...words, schemaOf: liveSchema, target: { name: 'warehouse' } });
  return {
    project,
    vertical: 'shop',
    run,
    words,
    live,
    faults: FAULTS,
    perColumn: 50,
    seed: 'tests',
    threads: 1,
    ...rest,
  };
}

export async function mutateSales(db: TestWarehouse, runId: string, asked: Asked = {}): Promise<MutationReport> {
  return mutate(await inputOf(runId, db.warehouse, asked), { warehouse: db.warehouse });
}
