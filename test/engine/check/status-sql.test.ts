import type { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { statusSql } from '../../../engine/check/status-sql.ts';
import { CheckSettings } from '../../../engine/contracts/check.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

const decide = async (population: bigint, failures: bigint, settings: z.input<typeof CheckSettings> = {}) => {
  const [row] = await db.warehouse.query(
    `select ${statusSql(CheckSettings.parse(settings))} as status from (select ${population}::bigint as population, ${failures}::bigint as failures) as found`,
  );
  return row?.['status'];
};

test.each([
  ['no violation passes', 10, 0, {}, 'pass'],
  ['one fails', 10, 1, {}, 'fail'],
  ['over nothing there is no verdict', 0, 0, {}, 'no_data'],
  ['a violation over nothing is a violation', 0, 1, {}, 'fail'],
  ['over nothing, a violation below every threshold is no pass', 0, 1, { error_if: '> 1', warn_if: '> 1' }, 'no_data'],
  ['over nothing, a threshold of none is no verdict either', 0, 0, { error_if: '= 0' }, 'no_data'],
  ['severity warn never fails', 10, 10, { severity: 'warn' }, 'warn'],
  ['severity warn ignores error_if, in any case', 10, 10, { severity: 'WARN', error_if: '> 5' }, 'warn'],
  ['severity warn below warn_if passes', 10, 5, { severity: 'warn', warn_if: '> 5' }, 'pass'],
  ['between warn_if and error_if warns', 100, 10, { error_if: '> 10' }, 'warn'],
  ['beyond error_if fails', 100, 11, { error_if: '> 10' }, 'fail'],
  ['>= holds at its number', 100, 10, { error_if: '>= 10' }, 'fail'],
  ['= holds only at its number', 100, 11, { error_if: '=10', warn_if: '= 10' }, 'pass'],
  ['<> is the same word', 100, 3, { error_if: '<> 3', warn_if: '<> 3' }, 'pass'],
  ['< holds below', 100, 2, { error_if: '<3' }, 'fail'],
  ['<= holds at its number', 100, 3, { error_if: '<= 3' }, 'fail'],
  ['between holds at its ends', 100, 5, { error_if: 'BETWEEN 1 AND 5' }, 'fail'],
  ['between does not hold outside', 100, 6, { error_if: 'between 1 and 5', warn_if: '> 6' }, 'pass'],
  ['what is not given is != 0, also of a number below it', 100, -1, {}, 'fail'],
  ['!= holds away from its number', 100, 0, { error_if: '!= 3' }, 'fail'],
  ['!= does not hold at its number', 100, 3, { error_if: '!= 3', warn_if: '!= 3' }, 'pass'],
] as const)('%s', async (_, population, failures, settings, status) => {
  expect(await decide(BigInt(population), BigInt(failures), settings)).toBe(status);
});

test('counts beyond the numbers of a float are compared exactly', async () => {
  const settings = { warn_if: '> 9007199254740993', error_if: '> 9007199254740992' };
  expect(await decide(2n ** 60n, 9_007_199_254_740_993n, settings)).toBe('fail');
  expect(await decide(2n ** 60n, 9_007_199_254_740_993n, { ...settings, error_if: '> 9007199254740993' })).toBe('pass');
});
