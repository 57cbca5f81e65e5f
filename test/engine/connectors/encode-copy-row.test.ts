import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { encodeCopyRow } from '../../../engine/connectors/encode-copy-row.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

async function* chunked(text: string): AsyncIterable<Buffer> {
  yield await Promise.resolve(Buffer.from(text));
}

test('null, the text \\N, backslashes, tabs and line ends stay apart', () => {
  expect(encodeCopyRow([null, '\\N', 'a\tb', 'c\nd', 'e\r', '\\', ''])).toBe(
    '\\N\t\\\\N\ta\\tb\tc\\nd\te\\r\t\\\\\t\n',
  );
});

test('any row of texts comes out of Postgres as it went in', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }).filter((each) => !each.includes('\0')),
    fc.string({ unit: fc.constantFrom('\\', '\t', '\n', '\r', 'N', '.', 'n', '"') }),
  );
  const row = fc.array(fc.option(text), { minLength: 3, maxLength: 3 });
  await db.warehouse.execute(
    'create table public.texts (n bigint generated always as identity, a text, b text, c text)',
  );
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 20 }), async (rows) => {
      await db.warehouse.execute('truncate public.texts');
      const copied = await db.warehouse.copyIn(
        'copy public.texts (a, b, c) from stdin',
        chunked(rows.map(encodeCopyRow).join('')),
      );
      expect(copied).toBe(BigInt(rows.length));
      const back = await db.warehouse.query('select a, b, c from public.texts order by n');
      expect(back.map(({ a, b, c }) => [a, b, c])).toEqual(rows);
    }),
    { numRuns: 100 },
  );
});
