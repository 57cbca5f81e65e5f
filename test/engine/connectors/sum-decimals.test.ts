import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sumDecimals } from '../../../engine/connectors/sum-decimals.ts';
import { sameNumber } from '../../../engine/evidence/same-number.ts';

function total(...texts: string[]): string | null {
  const sum = sumDecimals();
  for (const text of texts) expect(sum.add(text)).toBe(true);
  return sum.total();
}

test('a sum keeps the largest scale that it met', () => {
  expect(total('1', '2.50', '-0.125')).toBe('3.375');
  expect(total('0.1', '0.2')).toBe('0.3');
  expect(total('-0.05', '0.04')).toBe('-0.01');
  expect(total('-0.00')).toBe('0.00');
  expect(total('+7', '007')).toBe('14');
});

test('sixty digits are added without rounding', () => {
  const nines = '9'.repeat(60);
  expect(total(nines, '1')).toBe(`1${'0'.repeat(60)}`);
  expect(total(`${nines}.${nines}`, `0.${'0'.repeat(59)}1`)).toBe(`1${'0'.repeat(60)}.${'0'.repeat(60)}`);
});

test('an exponent is taken as JSON writes it', () => {
  expect(total('1e3', '2.5E-3')).toBe('1000.0025');
  expect(total('-1.5e1', '1')).toBe('-14');
});

test('many short numbers are added past what a double holds', () => {
  expect(total(...Array.from({ length: 5000 }, () => '999999999999.99'))).toBe('4999999999999950.00');
  expect(total(...Array.from({ length: 5000 }, () => '-999999999999999'))).toBe('-4999999999999995000');
  expect(total('999999999999999', '0.1', '99999999999999.9', '1234567890123456')).toBe('2334567890123455.0');
});

test('over nothing there is no sum', () => {
  expect(total()).toBeNull();
});

test.each([
  '',
  ' 1',
  '1 ',
  '1,5',
  '1.',
  '.5',
  '1e',
  '1e99999',
  '+',
  '-',
  '.',
  'NaN',
  'Infinity',
  '0x10',
  '--1',
  '1.2.3',
  '1_000',
  '١',
])('%j is no plain decimal number and adds nothing', (text) => {
  const sum = sumDecimals();
  expect(sum.add('5')).toBe(true);
  expect(sum.add(text)).toBe(false);
  expect(sum.total()).toBe('5');
});

test('sums equal exact arithmetic on scaled integers', () => {
  const SCALE = 12;
  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 50n), max: 10n ** 50n }), fc.integer({ min: 0, max: SCALE }))
    .map(([units, scale]) => {
      const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
      const text = scale === 0 ? digits : `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
      return { text: `${units < 0n ? '-' : ''}${text}`, scaled: units * 10n ** BigInt(SCALE - scale) };
    });
  fc.assert(
    fc.property(fc.array(decimal, { minLength: 1, maxLength: 20 }), (decimals) => {
      const exact = decimals.reduce((sum, { scaled }) => sum + scaled, 0n);
      const [whole, fraction = ''] = (total(...decimals.map(({ text }) => text)) as string).split('.');
      expect(BigInt((whole as string) + fraction.padEnd(SCALE, '0'))).toBe(exact);
    }),
  );
});

test('the same number is the same at any scale, and NaN only as NaN', () => {
  expect(sameNumber('1.50', '1.5')).toBe(true);
  expect(sameNumber('-0.00', '0')).toBe(true);
  expect(sameNumber('1e3', '1000')).toBe(true);
  expect(sameNumber(null, null)).toBe(true);
  expect(sameNumber('NaN', 'NaN')).toBe(true);
  expect(sameNumber('NaN', '0')).toBe(false);
  expect(sameNumber(null, '0')).toBe(false);
  expect(sameNumber('Infinity', '-Infinity')).toBe(false);
  const big = '9'.repeat(1000);
  expect(sameNumber(`${big}.0`, big)).toBe(true);
  expect(sameNumber(`${big}.1`, `${big}.2`)).toBe(false);
  expect(sameNumber(`${big}1`, `${big}2`)).toBe(false);
});
