import type { z } from 'zod';
import { expect, test } from 'vitest';
import { judge, percentageOf, worstOf } from '../../../engine/check/judge.ts';
import { CheckSettings } from '../../../engine/contracts/check.ts';

type Settings = z.input<typeof CheckSettings>;

const decide = (population: number, failures: number, settings: Settings = {}, passes = population - failures) =>
  judge(
    { population: BigInt(population), failures: BigInt(failures), passes: BigInt(Math.max(0, passes)) },
    CheckSettings.parse(settings),
  );

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
  ['a word before the comparison says what it compares', 100, 3, { error_if: 'failures > 2' }, 'fail'],

  ['over 1 % is not at 1 %', 1000, 10, { error_if: '> 1 %', warn_if: '> 1 %' }, 'pass'],
  ['over 1 % is from one more on', 1000, 11, { error_if: '> 1 %' }, 'fail'],
  ['at least 1 % is at 1 %', 1000, 10, { error_if: '>= 1%' }, 'fail'],
  ['a part of a percent', 10_000, 5, { error_if: '> 0.05 %', warn_if: '> 0.05 %' }, 'pass'],
  ['a part of a percent, and one more', 10_000, 6, { error_if: '> 0.05 %' }, 'fail'],
  ['a third is not 33.333 %', 3, 1, { error_if: '= 33.333 %', warn_if: '= 33.333 %' }, 'pass'],
  ['between shares', 200, 10, { error_if: 'between 5 and 10 %' }, 'fail'],
  ['below shares', 200, 9, { error_if: 'between 5% and 10 %', warn_if: '> 5 %' }, 'pass'],
  ['of nothing every violation is over any share', 0, 1, { error_if: '> 99 %' }, 'fail'],
  ['and no violation is no verdict', 0, 0, { error_if: '>= 0 %' }, 'no_data'],
  ['passes below a share fail', 100, 6, { error_if: 'passes < 95 %' }, 'fail'],
  ['passes at a share do not', 100, 5, { error_if: 'passes < 95 %', warn_if: 'passes < 95 %' }, 'pass'],
  ['passes below a number fail', 100, 91, { error_if: 'passes < 10', warn_if: '> 99' }, 'fail'],
  ['of nothing, passes are below any share when something violates', 0, 2, { error_if: 'passes < 95 %' }, 'fail'],
] as const)('%s', (_, population, failures, settings, status) => {
  expect(decide(population, failures, settings).status).toBe(status);
});

test('counts beyond the numbers of a float are compared exactly', () => {
  const settings = { severity: 'error', warn_if: '> 9007199254740993', error_if: '> 9007199254740992' } as const;
  const found = { population: 2n ** 60n, failures: 9_007_199_254_740_993n };
  expect(judge(found, settings).status).toBe('fail');
  expect(judge(found, { ...settings, error_if: '> 9007199254740993' }).status).toBe('pass');
  const share = { severity: 'error', warn_if: '> 10 %', error_if: '> 10 %' } as const;
  expect(judge({ population: 10n ** 18n, failures: 10n ** 17n }, share).status).toBe('pass');
  expect(judge({ population: 10n ** 18n, failures: 10n ** 17n + 1n }, share).status).toBe('fail');
});

test('a share is of the rows that violate, also where something else is counted', () => {
  const settings = CheckSettings.parse({ error_if: '> 50 %' });
  expect(judge({ population: 10n, failures: 1n, violations: 6n }, settings)).toEqual({
    status: 'fail',
    message: null,
    percentage: '60',
  });
});

test('no verdict says why', () => {
  expect(decide(0, 0)).toEqual({ status: 'no_data', message: 'nothing to look at', percentage: null });
  expect(decide(3, 2, { min_population: 10 })).toEqual({
    status: 'no_data',
    message: '3 rows looked at, fewer than min_population 10',
    percentage: '66.666667',
  });
  expect(decide(1, 0, { min_population: 2 }).message).toBe('1 row looked at, fewer than min_population 2');
  expect(decide(10, 1, { min_population: 10 }).status).toBe('fail');
  const first = judge({ population: 0n, failures: 0n }, CheckSettings.parse({}), 'fewer than 7 earlier refreshes');
  expect(first.message).toBe('fewer than 7 earlier refreshes');
});

test.each([
  [0n, 5n, '0'],
  [5n, 5n, '100'],
  [1n, 8n, '12.5'],
  [1n, 3n, '33.333333'],
  [2n, 3n, '66.666667'],
  [1n, 10n ** 12n, '0.000001'],
  [10n ** 12n - 1n, 10n ** 12n, '99.999999'],
  [3n, 2n, '150'],
  [1n, 0n, null],
])('%d of %d is %s percent', (part, whole, percentage) => {
  expect(percentageOf(part, whole)).toBe(percentage);
});

test('the worst of several verdicts', () => {
  expect(worstOf(['pass', 'warn', 'no_data', 'error', 'fail'])).toBe('fail');
  expect(worstOf(['pass', 'warn', 'no_data', 'error'])).toBe('error');
  expect(worstOf(['pass', 'warn', 'no_data'])).toBe('no_data');
  expect(worstOf(['pass', 'warn'])).toBe('warn');
  expect(worstOf([])).toBeUndefined();
});
