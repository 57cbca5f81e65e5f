import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Constraint } from '../../../engine/contracts/model-config.ts';
import type { CompiledModel } from '../../../engine/contracts/model.ts';
import { applyConstraints, constraintDdl } from '../../../engine/transform/contract-constraints.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { column, contracted } from './contract-model.ts';

let world: TestWarehouse;

beforeAll(async () => {
  world = await createTestWarehouse();
  await world.warehouse.execute('create table public.customers (id integer primary key)');
  await world.warehouse.execute('insert into public.customers values (1)');
});

afterAll(() => world.stop());

const tableOf = (name: string) => Promise.resolve(name === 'customers' ? '"public"."customers"' : undefined);
const all = contracted(
  [
    column('id', 'int', { constraints: [{ type: 'primary_key', name: 'sales_key' }, { type: 'not_null' }] }),
    column('customer', 'int', {
      constraints: [{ type: 'foreign_key', to: "ref('customers')", to_columns: ['id'] }],
      line: 9,
    }),
    column('amount', 'int', {
      constraints: [{ type: 'check', expression: 'amount > 0 -- never free', name: 'paid' }],
      line: 11,
    }),
  ],
  {
    constraints: [
      { type: 'unique', columns: ['ID', 'customer'], expression: 'nulls not distinct' },
      { type: 'foreign_key', columns: ['customer'], expression: 'customers (id)' },
      { type: 'custom', expression: 'check (amount < 1000)' },
    ],
  },
);

async function applied(model: CompiledModel, row: string): Promise<void> {
  await world.warehouse.transaction(async (session) => {
    await session.execute('create table public.sales__r1 (id integer, customer integer, amount integer)');
    await session.execute(`insert into public.sales__r1 values ${row}`);
    await applyConstraints(model, '"public"."sales__r1"', tableOf, session);
    await session.execute('drop table public.sales__r1');
  });
}

test('every kind of constraint is a statement over the table that was built', async () => {
  expect((await constraintDdl(all, '"s"."sales__r1"', tableOf)).map(({ sql, what }) => `${what}: ${sql}`))
    .toMatchInlineSnapshot(`
      [
        "primary_key of column id: alter table "s"."sales__r1" add constraint "sales_key_b9db973f" primary key ("id")",
        "not_null of column id: alter table "s"."sales__r1" alter column "id" set not null",
        "foreign_key of column customer: alter table "s"."sales__r1" add foreign key ("customer") references "public"."customers" ("id")",
        "check of column amount: alter table "s"."sales__r1" add constraint "paid_b9db973f" check (amount > 0 -- never free
      )",
        "unique of model sales: alter table "s"."sales__r1" add unique nulls not distinct ("id", "customer")",
        "foreign_key of model sales: alter table "s"."sales__r1" add foreign key ("customer") references "public"."customers" (id)",
        "custom of model sales: alter table "s"."sales__r1" add check (amount < 1000)",
      ]
    `);
});

test('the same contract over another table gives other names to its keys', async () => {
  const [first] = await constraintDdl(all, '"s"."sales__r1"', tableOf);
  const [second] = await constraintDdl(all, '"s"."sales__r2"', tableOf);
  expect(first?.sql).not.toBe(second?.sql?.replace('sales__r2', 'sales__r1'));
});

test('a view has no constraints, nor has a model whose contract is not enforced', async () => {
  expect(await constraintDdl({ ...all, materialized: 'view' }, '"s"."sales"', tableOf)).toEqual([]);
  const loose = { ...all, config: { ...all.config, contract: { enforced: false } } };
  expect(await constraintDdl(loose, '"s"."sales"', tableOf)).toEqual([]);
});

test('a table that keeps them gets them, and a row that breaks one is told by its place', async () => {
  await applied(all, '(1, 1, 5)');
  const message = async (row: string) => (await catchError(() => applied(all, row))).message;
  expect(await message('(null, 1, 5)')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:7: model sales: primary_key of column id: a value is missing (SQLSTATE 23502) [TRANSFORM_CONTRACT]"`,
  );
  expect(await message('(1, 1, 5), (1, 1, 6)')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:7: model sales: primary_key of column id: a key stands twice (SQLSTATE 23505) [TRANSFORM_CONTRACT]"`,
  );
  expect(await message('(1, 2, 5)')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:9: model sales: foreign_key of column customer: a referenced row is missing (SQLSTATE 23503) [TRANSFORM_CONTRACT]"`,
  );
  expect(await message('(1, 1, 0)')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:11: model sales: check of column amount: a value breaks a check constraint (SQLSTATE 23514) [TRANSFORM_CONTRACT]"`,
  );
  expect(await message('(1, 1, 5000)')).toMatchInlineSnapshot(
    `"sql/shop/shop.yml:7: model sales: custom of model sales: a value breaks a check constraint (SQLSTATE 23514) [TRANSFORM_CONTRACT]"`,
  );
});

test('a constraint that says too little, or refers to no table, is refused', () => {
  const refusal = (constraint: Constraint) => {
    const model = contracted([column('id', 'int')], { constraints: [constraint] });
    return catchError(() => constraintDdl(model, '"s"."sales"', tableOf)).then(({ message }) => message);
  };
  return Promise.all([
    expect(refusal({ type: 'unique' })).resolves.toMatchInlineSnapshot(
      `"sql/shop/shop.yml:7: model sales: unique of model sales names no columns [TRANSFORM_CONTRACT]"`,
    ),
    expect(refusal({ type: 'check' })).resolves.toMatchInlineSnapshot(
      `"sql/shop/shop.yml:7: model sales: check of model sales has no expression [TRANSFORM_CONTRACT]"`,
    ),
    expect(refusal({ type: 'foreign_key', columns: ['id'] })).resolves.toMatchInlineSnapshot(
      `"sql/shop/shop.yml:7: model sales: foreign_key of model sales says neither to: ref('...') and to_columns nor an expression [TRANSFORM_CONTRACT]"`,
    ),
    expect(refusal({ type: 'foreign_key', columns: ['id'], to: "ref('buyers')" })).resolves.toMatchInlineSnapshot(
      `"sql/shop/shop.yml:7: model sales: foreign_key of model sales refers to buyers, which is no table in the warehouse [TRANSFORM_CONTRACT]"`,
    ),
  ]);
});
