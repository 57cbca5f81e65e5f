import { expect, test } from 'vitest';
import { kindNamed } from '../../../engine/check-kinds/check-kinds.ts';

/** What is wrong with arguments, by their schema or by the kind. */
function wrongWith(kind: string, given: object): string | undefined {
  const spec = kindNamed(kind)!.spec;
  const parsed = spec.arguments.safeParse(given);
  return parsed.success
    ? spec.refuse?.(parsed.data)
    : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
}

const sides = { amount: 'a', side: 's', debit_values: ['D'], credit_values: ['C'] };
const rolled = { keys: 'k', period: 'p', opening: 'o', closing: 'c' };

const REFUSED: readonly (readonly [kind: string, given: object, message: string])[] = [
  ['balance', {}, 'balance needs debit and credit; or amount, side, debit_values and credit_values'],
  [
    'balance',
    { ...sides, debit: 'd' },
    'balance needs debit and credit; or amount, side, debit_values and credit_values',
  ],
  ['balance', { ...sides, credit_values: ['C', 'D'] }, "'D' cannot be a debit and a credit"],
  ['distribution_shift', { method: 'ks' }, 'method: ks needs max, the greatest distance that is fine'],
  [
    'distribution_shift',
    { method: 'ks', max: 1, as: 'categories' },
    'method: ks needs values with an order; take psi for categories',
  ],
  [
    'distribution_shift',
    { to: 'x', expected: { a: 1 } },
    'distribution_shift compares with to or with expected, not both',
  ],
  ['distribution_shift', { expected: { a: 0 } }, 'expected needs a share above 0'],
  ['distribution_shift', { epsilon: 0 }, 'epsilon must be above 0'],
  ['distribution_shift', { to_field: 'x' }, 'to_field and to_where speak of another relation: give to'],
  ['duplicates', { same: [] }, 'same: needs at least one column'],
  ['duplicates', { same: 'a', within: { b: 1 } }, "duplicates: 'b' is not one of same: a"],
  [
    'duplicates',
    { same: 'a', within: { a: 1 } },
    'duplicates needs a column of same that is not under within; without one every row would be compared with every other',
  ],
  [
    'duplicates',
    { same: ['a', 'b'], within: { b: 'a while' } },
    "within.b: a number, '0.01', a share, '1 %', or a stretch of time, '5 days'",
  ],
  [
    'duplicates',
    { same: 'a', net_zero_is_fine: true },
    'net_zero_is_fine needs amount: a column of same that is not under within',
  ],
  ['format', {}, 'format needs is, matches or not_matches; without them it could only pass'],
  ['recompute', {}, 'recompute needs expression, or to with keys and to_value: one of the two'],
  ['recompute', { to: 'x' }, 'recompute from another relation needs keys and to_value'],
  ['recompute', { expression: 'a', to_value: 'b' }, 'keys, to_value and to_where speak of another relation: give to'],
  ['reconcile', { to: 'x', keys: [] }, 'keys: needs at least one column'],
  [
    'reconcile',
    { to: 'x', keys: 'a', find: 'differing' },
    'compare: find: differing needs columns to compare, or it could only pass',
  ],
  ['reconcile', { to: 'x', keys: 'a', except: 'b' }, 'except is for compare: all'],
  [
    'reconcile',
    { to: 'x', keys: 'a', compare: 'b', tolerance: { c: '1' } },
    "tolerance names 'c', which is not compared",
  ],
  ['roll_forward', rolled, 'roll_forward needs activity, or to with to_amount: one of the two'],
  ['roll_forward', { ...rolled, to: 'x' }, 'roll_forward needs to and to_amount together'],
  ['roll_forward', { ...rolled, activity: 'a', to_where: 'b' }, 'to_where speaks of another relation: give to'],
  ['schema', { columns: {} }, 'columns: needs at least one column'],
  ['schema', { columns: ['a', 'a'] }, 'column a is listed twice'],
  ['sum', {}, 'sum needs equals, min, max or to; without them it could only pass'],
  ['sum', { equals: 1, to: 'x' }, 'sum takes to, or equals, min and max, not both'],
  ['sum', { equals: 1, to_where: 'x' }, 'to_value and to_where speak of another relation: give to'],
  ['sum', { equals: 1, tolerance: '-1' }, "tolerance: a decimal that is not negative, in quotes: '0.05', or '0.5 %'"],
];

test.each(REFUSED)('%s refuses %j', (kind, given, message) => {
  expect(wrongWith(kind, given)).toBe(message);
});

test('what is in order is not refused', () => {
  expect(wrongWith('balance', sides)).toBeUndefined();
  expect(wrongWith('roll_forward', { ...rolled, activity: 'a' })).toBeUndefined();
  expect(
    wrongWith('reconcile', { to: { connection: 'erp', table: 'public.x' }, keys: { a: 'b' }, compare: 'all' }),
  ).toBeUndefined();
});
