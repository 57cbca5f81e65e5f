import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileNames } from '../../../engine/check-kinds/file-names.ts';
import { literal } from '../../../engine/sql-text.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** Whether a name is that of the file of New Year's Eve 2024, by Postgres. */
async function fits(pattern: string, name: string): Promise<string> {
  const names = fileNames(pattern);
  const period = `timestamp '2024-12-31'`;
  const [row] = await db.warehouse.query(
    `select ${names.called(period)} as called, (${literal(name)} ~ (${names.fitting(period)}))::text as fits`,
  );
  return `${row?.['called']} ${row?.['fits']}`;
}

test.each([
  ['sales_{yyyy}-{MM}-{dd}.csv', 'sales_2024-12-31.csv', 'sales_2024-12-31.csv true'],
  ['sales_{yyyy}-{MM}-{dd}.csv', 'in/sales_2024-12-31.csv', 'sales_2024-12-31.csv true'],
  ['sales_{yyyy}-{MM}-{dd}.csv', 'old_sales_2024-12-31.csv', 'sales_2024-12-31.csv false'],
  ['sales_{yyyy}-{MM}-{dd}.csv', 'sales_2024-12-31xcsv', 'sales_2024-12-31.csv false'],
  ['sales_{yyyy}-{MM}-{dd}.csv', 'sales_2024-12-31.csv.part', 'sales_2024-12-31.csv false'],
  ['in/s{yy}{MM}{dd}_*.c?v', 'in/s241231_final.csv', 'in/s241231_*.c?v true'],
  ['in/s{yy}{MM}{dd}_*.c?v', 'other/in/s241231_final.csv', 'in/s241231_*.c?v false'],
  // The last day of 2024 is in the first ISO week of 2025.
  ['week_{iyyy}W{ww}(1).csv', 'week_2025W01(1).csv', 'week_2025W01(1).csv true'],
  ["it's YYYY {yyyy}.csv", "it's YYYY 2024.csv", "it's YYYY 2024.csv true"],
])('%s and %s', async (pattern, name, expected) => {
  expect(await fits(pattern, name)).toBe(expected);
});
