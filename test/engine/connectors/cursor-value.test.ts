import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  compareCursor,
  isCursorType,
  isFiniteCursor,
  subtractFromCursor,
} from '../../../engine/connectors/cursor-value.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** What Postgres itself says of pairs of values, as the judge. */
async function judge(type: string, pairs: readonly (readonly [string, string])[]): Promise<number[]> {
  const collate = type === 'text' ? ' collate "C"' : '';
  const { rows } = await db.source.query(
    `select case when a < b then -1 when a > b then 1 else 0 end as said
     from (select p->>0 as x, p->>1 as y, n from json_array_elements($1) with ordinality as e (p, n)) as pairs,
       lateral (select x::${type}${collate} as a, y::${type}${collate} as b) as typed order by n`,
    [JSON.stringify(pairs)],
  );
  return rows.map(({ said }) => Number(said));
}

const date = fc
  .record({
    y: fc.integer({ min: 1, max: 12_000 }),
    m: fc.integer({ min: 1, max: 12 }),
    d: fc.integer({ min: 1, max: 28 }),
    bc: fc.boolean(),
  })
  .map(({ y, m, d, bc }) => {
    const [year, month, day] = [String(y).padStart(4, '0'), String(m).padStart(2, '0'), String(d).padStart(2, '0')];
    return { day: `${year}-${month}-${day}`, era: bc && y < 4000 ? ' BC' : '' };
  });
const clock = fc.tuple(fc.integer({ min: 0, max: 86_399 }), fc.integer({ min: 0, max: 999_999 })).map(([s, us]) => {
  const parts = [Math.floor(s / 3600), Math.floor(s / 60) % 60, s % 60].map((part) => String(part).padStart(2, '0'));
  return parts.join(':') + (us % 3 === 0 ? '' : `.${String(us).padStart(6, '0')}`);
});
const digits = (length: number) =>
  fc.string({
    unit: fc.constantFrom('0', '1', '2', '3', '4', '5', '6', '7', '8', '9'),
    minLength: 1,
    maxLength: length,
  });
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  bigint: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  numeric: fc
    .tuple(fc.constantFrom('', '-'), digits(30), fc.option(digits(12)))
    .map(([minus, whole, fraction]) => `${minus}${whole}${fraction === null ? '' : `.${fraction}`}`),
  date: fc.oneof(
    date.map(({ day, era }) => day + era),
    fc.constantFrom('infinity', '-infinity', '2024-02-29', '2000-01-01'),
  ),
  timestamp: fc.oneof(
    fc.tuple(date, clock).map(([{ day, era }, time]) => `${day} ${time}${era}`),
    fc.constantFrom('infinity', '-infinity', '294276-12-31 23:59:59.999999'),
  ),
  timestamptz: fc
    .tuple(date, clock, fc.constantFrom('Z', '+00', '-08', '+05:30', '+05:53:28', ''))
    .map(([{ day, era }, time, zone]) => `${day} ${time}${zone}${era}`),
  text: fc.oneof(
    fc.string({ unit: fc.constantFrom('a', 'b', 'é', '😀', '\uFFFD', '\uE000', ' ') }),
    fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0')),
  ),
};

test.each(Object.keys(VALUES))('two values of %s are ordered as Postgres orders them', async (type) => {
  const value = VALUES[type] as fc.Arbitrary<string>;
  const pairs = fc.sample(
    fc.oneof(
      fc.tuple(value, value),
      value.map((each): [string, string] => [each, each]),
    ),
    {
      numRuns: 2000,
      seed: 7,
    },
  );
  const said = await judge(type, pairs);
  expect(pairs.map(([a, b]) => Math.sign(compareCursor(type, a, b)) + 0)).toEqual(said);
  expect(new Set(said).size).toBe(3);
});

const AMOUNTS: readonly (readonly [string, string, readonly string[]])[] = [
  ['bigint', 'bigint', ['0', '1', '1000', '4000000000']],
  ['numeric', 'numeric', ['0', '1000', '0.25']],
  ['timestamp', 'interval', ['1 second', '90 minutes', '1 hour', '2 days', '3 weeks']],
  ['timestamptz', 'interval', ['59 seconds', '1 hour', '400 days']],
  ['date', 'interval', ['1 day', '2 days', '1 hour', '25 hours']],
];
test.each(AMOUNTS)('an amount is taken from a %s as Postgres takes it', async (type, amountType, amounts) => {
  const small = type === 'bigint' ? fc.bigInt({ min: -(2n ** 60n), max: 2n ** 60n }).map(String) : VALUES[type]!;
  const pairs = fc.sample(fc.tuple(small, fc.constantFrom(...amounts)), { numRuns: 500, seed: 11 });
  const { rows } = await db.source.query(
    `select ((p->>0)::${type} - (p->>1)::${amountType})::${type}::text as less
     from json_array_elements($1) with ordinality as e (p, n) order by n`,
    [JSON.stringify(pairs)],
  );
  expect(pairs.map(([value, amount]) => subtractFromCursor(type, value, amount))).toEqual(rows.map(({ less }) => less));
});

test('names of types are taken as Postgres prints them, with their lengths', () => {
  expect(compareCursor('numeric(12,2)', '2.00', '10.00')).toBeLessThan(0);
  expect(compareCursor('timestamp(3) without time zone', '2024-01-01 00:00:00.1', '2024-01-01 00:00:00.100')).toBe(0);
  expect(compareCursor('timestamp with time zone', '2024-01-01T01:00:00+01:00', '2024-01-01 00:00:00Z')).toBe(0);
  expect(compareCursor('character varying(3)', 'a', 'B')).toBeGreaterThan(0);
  expect(['real', 'json', 'boolean', 'uuid', 'time'].filter(isCursorType)).toEqual([]);
});

test('a value that is not finite stands at the end and makes no bound', () => {
  expect(compareCursor('numeric', 'NaN', '99')).toBeGreaterThan(0);
  expect(['infinity', '-infinity', '2024-01-01'].map((value) => isFiniteCursor('date', value))).toEqual([
    false,
    false,
    true,
  ]);
  expect(subtractFromCursor('timestamp', 'infinity', '1 day')).toBe('infinity');
});

test.each([
  ['text', 'a', '1', 'nothing can be subtracted from a cursor of type text [EXTRACT_CURSOR_REFUSED]'],
  [
    'boolean',
    't',
    '1',
    'a column of type boolean cannot be a cursor: its values have no order that is the same everywhere [EXTRACT_CURSOR_REFUSED]',
  ],
  [
    'integer',
    '5',
    '1 day',
    '"1 day" cannot be subtracted from a cursor of type integer: it takes a plain number, such as 1000 [EXTRACT_CURSOR_REFUSED]',
  ],
  [
    'integer',
    '5',
    '0.5',
    '"0.5" cannot be subtracted from a cursor of type integer: it takes a plain number, such as 1000 [EXTRACT_CURSOR_REFUSED]',
  ],
  [
    'date',
    '2024-01-01',
    '1 month',
    '"1 month" cannot be subtracted from a cursor of type date: it takes a number of seconds, minutes, hours, days or weeks [EXTRACT_CURSOR_REFUSED]',
  ],
  ['date', '2023-02-29', '1 day', 'a bound of the cursor is not a value of type date [EXTRACT_CURSOR_REFUSED]'],
])('from %s %s, %s is refused without the value', (type, value, amount, message) => {
  expect(() => subtractFromCursor(type, value, amount)).toThrow(message);
});
