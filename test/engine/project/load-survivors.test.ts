import { expect, test } from 'vitest';
import { chooseFaults } from '../../../engine/mutate/choose-faults.ts';
import { loadProject } from '../../../engine/project/load-project.ts';
import { catchError } from '../../setup/catch-error.ts';
import { writeProject } from './write-project.ts';

const load = (survivors: string) => loadProject(writeProject({ 'checks/shop/survivors.yml': survivors }));

test('a survivor is named by its table, and by column and fault where it is only that', () => {
  const { survivors } = load(`survivors:
  - { table: stg_sales, column: note, fault: null 1 %, reason: free text }
  - { table: stg_sales, reason: a copy that nobody reads }
`);
  expect(survivors).toEqual([
    {
      table: 'stg_sales',
      column: 'note',
      fault: 'null 1 %',
      reason: 'free text',
      vertical: 'shop',
      file: 'checks/shop/survivors.yml',
      line: 2,
    },
    {
      table: 'stg_sales',
      reason: 'a copy that nobody reads',
      vertical: 'shop',
      file: 'checks/shop/survivors.yml',
      line: 3,
    },
  ]);
});

test('a table that is not there, a reason that is not given and a fault that nobody plants are refused with their place', async () => {
  expect(
    (await catchError(() => load('survivors:\n  - { table: stg_sale, reason: x }\n'))).message,
  ).toMatchInlineSnapshot(
    `"checks/shop/survivors.yml:2:7: no model 'stg_sale'; did you mean 'stg_sales'? [PROJECT_INVALID]"`,
  );
  expect((await catchError(() => load('survivors:\n  - { table: stg_sales }\n'))).message).toMatchInlineSnapshot(
    `"checks/shop/survivors.yml:2:5: survivors[0].reason is missing [PROJECT_INVALID]"`,
  );
  const project = load('survivors:\n  - { table: stg_sales, fault: dropped_row, reason: x }\n');
  expect((await catchError(() => chooseFaults(undefined, project))).message).toMatchInlineSnapshot(
    `"checks/shop/survivors.yml:2: no fault is called 'dropped_row'; did you mean 'dropped_rows'?; there are dropped_rows, dropped_rows 1 %, doubled_rows, doubled_rows 1 %, missing_period, stale_period, null, null 1 %, swapped, sign_flipped, sign_flipped 1 %, off_by_least, off_by_least 1 %, tenfold, tenfold 1 %, hundredfold, hundredfold 1 %, shifted_day, shifted_day 1 %, shifted_month, shifted_month 1 %, shifted_zone, shifted_zone all, orphaned_key, orphaned_key 1 %, truncated, truncated 1 %, encoding_damage, encoding_damage 1 %, other_category, other_category 1 %, other_case, other_case 1 %, leading_blank, leading_blank 1 % [PROJECT_INVALID]"`,
  );
  expect((await catchError(() => chooseFaults(['sign_fliped'], {}))).message).toMatchInlineSnapshot(
    `"no fault is called 'sign_fliped'; did you mean 'sign_flipped'?; there are dropped_rows, doubled_rows, missing_period, stale_period, null, swapped, sign_flipped, off_by_least, tenfold, hundredfold, shifted_day, shifted_month, shifted_zone, orphaned_key, truncated, encoding_damage, other_category, other_case, leading_blank [MUTATE_INVALID]"`,
  );
});
