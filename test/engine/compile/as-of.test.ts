import { expect, test } from 'vitest';
import { parseAsOf, relationAsOf } from '../../../engine/compile/as-of.ts';

test('a run, a day and a time with its zone are moments; a day means its end in UTC', () => {
  expect(parseAsOf(12)).toEqual({ run: '12' });
  expect(parseAsOf('12')).toEqual({ run: '12' });
  expect(parseAsOf('2026-01-31')).toEqual({ time: '2026-01-31T23:59:59.999999Z' });
  expect(parseAsOf('2026-01-31T08:00+01:00')).toEqual({ time: '2026-01-31T08:00+01:00' });
});

test.each(['', '0', '-1', '1.5', '2026-02-30', '2026-01-31T08:00', "1') or true --", null, true])(
  'what is none is refused: %s',
  (value) => expect(parseAsOf(value)).toBeUndefined(),
);

test('a landed table as of then is a call that refuses a moment before its first pull', () => {
  expect(relationAsOf('erp', 'orders', { run: '12' })).toBe('"raw_erp"."orders__as_of"(12)');
  expect(relationAsOf('erp', 'orders', { time: '2026-01-31T08:00Z' })).toBe(
    `"raw_erp"."orders__as_of"(audit.landed_run_at('erp', 'orders', '2026-01-31T08:00Z'::timestamptz))`,
  );
});
