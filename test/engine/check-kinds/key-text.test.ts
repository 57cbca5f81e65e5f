import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { keyText } from '../../../engine/check-kinds/key-text.ts';
import { literal } from '../../../engine/sql-text.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

type Part = string | null;

async function textsOf(
  keys: readonly (readonly Part[])[],
  text: (parts: readonly string[]) => string,
): Promise<string[]> {
  const selects = keys.map((key) => text(key.map((part) => `${literal(part)}::text`)));
  const rows = await db.warehouse.query(`select unnest(array[${selects.join(', ')}]) as text`);
  return rows.map((row) => row['text'] as string);
}

const part = fc.oneof(
  fc.constantFrom('a', 'b', '-', '/', '\\', '\\N', '', null),
  fc.string({ unit: fc.constantFrom('a', '/', '\\', 'N'), maxLength: 4 }),
);
const keys = fc.uniqueArray(fc.tuple(part, part, part), { minLength: 400, maxLength: 400, selector: JSON.stringify });

test('no two keys have one name', async () => {
  const [drawn = []] = fc.sample(keys, { numRuns: 1, seed: 20260131 });
  expect(new Set(await textsOf(drawn, keyText)).size).toBe(drawn.length);
  // The control: parts that only stand side by side are mixed up.
  expect(new Set(await textsOf(drawn, (parts) => `concat_ws('/', ${parts.join(', ')})`)).size).toBeLessThan(
    drawn.length,
  );
});

test('a key without a separator in it reads as it always did', async () => {
  expect(
    await textsOf(
      [
        ['a-', 'b'],
        ['a', '-b'],
        ['a/', 'b'],
        ['a', '/b'],
        [null, 'b'],
      ],
      keyText,
    ),
  ).toEqual(['a-/b', 'a/-b', 'a\\//b', 'a/\\/b', '\\N/b']);
  expect(await textsOf([['a/b'], [null]], keyText)).toEqual(['a/b', '']);
});
