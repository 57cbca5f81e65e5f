import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { identifier, literal, relation } from '../../engine/sql-text.ts';
import { createTestWarehouse } from '../setup/test-warehouse.ts';
import type { TestWarehouse } from '../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse({ maxSessions: 1 });
});
afterAll(() => db.stop());

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom("'", '"', '\\', '$', ';', '-', '/', '*', '\n', '%', '{', 'E', ' ') }),
  fc.constantFrom("'; drop table x; --", `"; drop table x; --`, "\\'; select 1", '$$', '/*', "E'\\''", 'U&"\\0061"'),
);
const text = hostile.filter((each) => !each.includes('\0'));

test('any text is read by Postgres as itself', async () => {
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      expect(await db.warehouse.query(`select ${literal(value)} as value`)).toEqual([{ value }]);
    }),
    { numRuns: 300 },
  );
});

test('any name is read by Postgres as itself', async () => {
  const name = text.filter((each) => each !== '' && Buffer.byteLength(each) <= 63);
  await fc.assert(
    fc.asyncProperty(name, async (value) => {
      const [row] = await db.warehouse.query(`select 1 as ${identifier(value)}`);
      expect(Object.keys(row ?? {})).toEqual([value]);
    }),
    { numRuns: 300 },
  );
});

test('numbers, booleans and null are plain', async () => {
  const sql = [7, -0.5, 12345678901234567890n, true, false, null].map(literal).join(', ');
  expect(sql).toBe('7, -0.5, 12345678901234567890, true, false, null');
});

test('what no SQL can hold is refused', () => {
  for (const value of ['a\0b', Number.NaN, Number.POSITIVE_INFINITY]) expect(() => literal(value)).toThrow(RangeError);
  for (const name of ['', 'a\0b']) expect(() => relation('public', name)).toThrow(RangeError);
});
