import { expect, test } from 'vitest';
import { decideStatus } from '../../../engine/check/decide-status.ts';

const decide = (
  population: number,
  failures: number,
  settings: { severity?: 'error' | 'warn'; warn_if?: string; error_if?: string } = {},
) =>
  decideStatus({
    population: BigInt(population),
    failures: BigInt(failures),
    settings: { severity: 'error', warn_if: '> 0', error_if: '> 0', ...settings },
  });

test.each([
  ['no violation passes', 10, 0, {}, 'pass'],
  ['one fails', 10, 1, {}, 'fail'],
  ['over nothing there is no verdict', 0, 0, {}, 'no_data'],
  ['a violation over nothing is a violation', 0, 1, {}, 'fail'],
  ['over nothing, a violation below every threshold is no pass', 0, 1, { error_if: '> 1', warn_if: '> 1' }, 'no_data'],
  ['over nothing, a threshold of none is no verdict either', 0, 0, { error_if: '= 0' }, 'no_data'],
  ['severity warn never fails', 10, 10, { severity: 'warn' }, 'warn'],
  ['severity warn ignores error_if', 10, 10, { severity: 'warn', error_if: '> 5' }, 'warn'],
  ['severity warn below warn_if passes', 10, 5, { severity: 'warn', warn_if: '> 5' }, 'pass'],
  ['between warn_if and error_if warns', 100, 10, { error_if: '> 10' }, 'warn'],
  ['beyond error_if fails', 100, 11, { error_if: '> 10' }, 'fail'],
  ['>= holds at its number', 100, 10, { error_if: '>= 10' }, 'fail'],
  ['= holds only at its number', 100, 11, { error_if: '=10', warn_if: '= 10' }, 'pass'],
  ['!= holds away from its number', 100, 0, { error_if: '!= 3' }, 'fail'],
  ['!= does not hold at its number', 100, 3, { error_if: '!= 3', warn_if: '!= 3' }, 'pass'],
] as const)('%s', (_, population, failures, settings, status) => {
  expect(decide(population, failures, settings)).toBe(status);
});

test('counts beyond the numbers of a float are compared exactly', () => {
  const found = { population: 2n ** 60n, failures: 9_007_199_254_740_993n };
  const settings = { severity: 'error', warn_if: '> 9007199254740993', error_if: '> 9007199254740992' } as const;
  expect(decideStatus({ ...found, settings })).toBe('fail');
  expect(decideStatus({ ...found, settings: { ...settings, error_if: '> 9007199254740993' } })).toBe('pass');
});
