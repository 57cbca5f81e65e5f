import { expect, test } from 'vitest';
import { colourReading } from '../../../engine/measure/colour-reading.ts';

type Kri = Parameters<typeof colourReading>[1];
const percent: Kri = { unit: 'percent', direction: 'higher_is_worse', amber: '10', red: '30', min_denominator: 1 };
const read = (numerator: string | null, denominator: string | null, kri: Partial<Kri> = {}) =>
  colourReading({ numerator, denominator }, { ...percent, ...kri });

test.each([
  ['9.999999', '100', 'green', '9.999999'],
  ['10', '100', 'amber', '10'],
  ['1', '10', 'amber', '10'],
  ['29.99999999999999999999', '100', 'amber', '30'],
  ['30', '100', 'red', '30'],
  ['0', '100', 'green', '0'],
  ['-50', '100', 'green', '-50'],
  ['1', '3', 'red', '33.333333'],
])('%s of %s is %s', (numerator, denominator, colour, value) => {
  expect(read(numerator, denominator)).toEqual({ colour, value, message: null });
});

test.each([
  ['94.999', 'red'],
  ['95', 'red'],
  ['95.0000001', 'amber'],
  ['99', 'amber'],
  ['99.0000001', 'green'],
])('where lower is worse, %s of 100 is %s', (numerator, colour) => {
  expect(read(numerator, '100', { direction: 'lower_is_worse', amber: '99', red: '95' }).colour).toBe(colour);
});

test('numbers beyond those of a float decide exactly', () => {
  const amount: Partial<Kri> = { unit: 'amount', amber: '9007199254740992', red: '9007199254740993' };
  expect(read('9007199254740992.99', '1', amount).colour).toBe('amber');
  expect(read('9007199254740993', '1', amount)).toMatchObject({ colour: 'red', value: '9007199254740993' });
  const big = 10n ** 60n;
  expect(read(`${big / 10n - 1n}`, `${big}`).colour).toBe('green');
  expect(read(`${big / 10n}`, `${big}`).colour).toBe('amber');
  // 0.1 + 0.2 is more than 0.3 in floats.
  expect(read('0.3', '1', { unit: 'count', amber: '0.3', red: '0.30000000000000004' }).colour).toBe('amber');
});

test('with nothing to measure, or too little, there is no colour', () => {
  expect(read(null, '5')).toEqual({ value: null, colour: 'no_data', message: 'nothing to measure' });
  expect(read('5', null)).toEqual({ value: null, colour: 'no_data', message: 'nothing to measure' });
  expect(read('0', '0')).toEqual({ value: null, colour: 'no_data', message: 'the denominator is below 1' });
  expect(read('0', '-4').colour).toBe('no_data');
  expect(read('9', '29.9', { min_denominator: 30 }).colour).toBe('no_data');
  expect(read('9', '30', { min_denominator: 30 }).colour).toBe('red');
});

test('what is no finite number is an error and never green', () => {
  for (const [numerator, denominator] of [
    ['NaN', '1'],
    ['1', 'NaN'],
    ['Infinity', '1'],
    ['-Infinity', '1'],
    ['1', 'Infinity'],
  ] as const) {
    expect(read(numerator, denominator)).toEqual({ value: null, colour: 'error', message: 'not a finite number' });
  }
});
