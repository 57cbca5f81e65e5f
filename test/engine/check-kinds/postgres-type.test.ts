import { afterAll, beforeAll, expect, test } from 'vitest';
import { postgresType } from '../../../engine/check-kinds/postgres-type.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const WRITTEN = [
  'int',
  'int2',
  'int4',
  'int8',
  'integer',
  'bigint',
  'SMALLINT',
  'bool',
  'boolean',
  'text',
  'uuid',
  'date',
  'jsonb',
  'numeric',
  'decimal',
  'numeric(18,2)',
  'decimal( 18 , 2 )',
  'numeric(18)',
  'dec(5,1)',
  'float',
  'float8',
  'real',
  'float4',
  'varchar',
  'varchar(20)',
  'character varying(20)',
  'char(3)',
  'bpchar(3)',
  'bytea',
  'interval',
  'timestamp',
  'timestamptz',
  'timestamp(3)',
  'timestamptz(3)',
  'timestamp(3) with time zone',
  'time',
  'timetz',
  'timestamp without time zone',
  'int[]',
  'numeric(18,2)[]',
  'timestamptz[]',
  'text[][]',
  'double precision',
];

test.each(WRITTEN)('%s is called as the database calls it', async (written) => {
  const { type, hasLength } = postgresType(written);
  await db.warehouse.execute(`create table typed (value ${written})`);
  const [row] = await db.warehouse.query(
    `select format_type(atttypid, ${hasLength ? 'atttypmod' : 'null'}) as type from pg_attribute where attrelid = 'typed'::regclass and attname = 'value'`,
  );
  await db.warehouse.execute('drop table typed');
  expect(type).toBe(row?.['type']);
});

test('what is no type as we know it stays as it is written', () => {
  expect(postgresType('public."Mood"')).toEqual({ type: 'public."Mood"', hasLength: false });
});
