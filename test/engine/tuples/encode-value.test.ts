import fc from 'fast-check';
import { finished } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoderOf } from '../../../engine/tuples/encode-value.ts';
import { readTuples } from '../../../engine/tuples/read-tuples.ts';
import { writeTuples } from '../../../engine/tuples/write-tuples.ts';
import { createTestWarehouse, type TestWarehouse } from '../../setup/test-warehouse.ts';
import { EDGES } from './edge-values.ts';

let world: TestWarehouse;
beforeAll(async () => {
  world = await createTestWarehouse();
  // False when the text is no value, for the server would end the statement instead.
  await world.source.query(`
    create function pg_temp.prints(text, type text) returns text language plpgsql as $$
    declare printed text;
    begin
      execute format('select %L::%s::text', $1, type) into printed;
      return printed;
    exception when others then return null;
    end $$`);
});
afterAll(() => world.stop());

describe.each(EDGES)('$type', ({ type, taken, refusedHere = [], refused }) => {
  test('what is taken lands as the server itself would have it, to the byte', async () => {
    expect(taken.filter((text) => encoderOf(type)(text) === undefined).map(short)).toEqual([]);
    expect(await landed(type, taken)).toEqual(await printed(type, taken));
  });
  test('what the server would cut, round or read by its settings is refused', async () => {
    expect(refusedHere.filter((text) => encoderOf(type)(text) !== undefined)).toEqual([]);
    expect((await printed(type, refusedHere)).filter((text) => text === null)).toEqual([]);
  });
  test('what is no value to the server is none here', async () => {
    expect(refused.filter((text) => encoderOf(type)(text) !== undefined).map(short)).toEqual([]);
    expect((await printed(type, refused)).filter((text) => text !== null)).toEqual([]);
  });
});

test('text that Postgres or UTF-8 cannot hold is refused', () => {
  for (const type of ['text', 'varchar', 'varchar(9)', 'json', 'jsonb']) {
    for (const text of ['a\0b', '\ud83d', '\ude42x', 'x\ud83d']) expect(encoderOf(type)(text)).toBeUndefined();
  }
});

test('a type is known by its short and its long name, and another is not known', () => {
  for (const [name, long] of [
    ['int2', 'smallint'],
    ['int4', 'integer'],
    ['int8', 'bigint'],
    ['bool', 'boolean'],
    ['float4', 'real'],
    ['float8', 'double precision'],
    ['varchar', 'character varying'],
    ['decimal', 'numeric'],
  ] as const) {
    expect(encoderOf(name)('1')).toEqual(encoderOf(long)('1'));
  }
  const moment = '2024-02-29 12:00:00';
  expect(encoderOf('timestamp')(moment)).toEqual(encoderOf('timestamp without time zone')(moment));
  expect(encoderOf('timestamptz')(`${moment}Z`)).toEqual(encoderOf('timestamp(6) with time zone')(`${moment}Z`));
  expect(encoderOf('time')('12:00')).toEqual(encoderOf('time(0) without time zone')('12:00'));
  expect(encoderOf('numeric(10, 2)')('1')).toEqual(encoderOf('numeric(10,2)')('1'));
  for (const type of ['inet', 'integer[]', 'time with time zone', 'toString', 'numeric(1']) {
    expect(() => encoderOf(type)).toThrow('no binary form');
  }
});

const drawn = (letters: string, most: number, least = 0): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters.split('')), minLength: least, maxLength: most });
const digits = (min: number, max: number): fc.Arbitrary<string> => drawn('012345678900', max, min);
const sign = fc.constantFrom('', '-', '+');
const exponent = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -50, max: 50 }).map((power) => `e${power}`),
);
const decimal = fc
  .tuple(sign, digits(0, 30), fc.option(digits(0, 30), { nil: undefined }), exponent)
  .map(([minus, whole, decimals, power]) => `${minus}${whole}${decimals === undefined ? '' : `.${decimals}`}${power}`);
const two = (min: number, max: number): fc.Arbitrary<string> =>
  fc.integer({ min, max }).map((value) => String(value).padStart(2, '0'));
const year = fc.oneof(
  fc.integer({ min: 1, max: 9999 }),
  fc.integer({ min: 1, max: 300_000 }),
  fc.integer({ min: 1, max: 6_000_000 }),
);
const date = fc.tuple(year, two(0, 13), two(0, 32)).map(([y, m, d]) => `${String(y).padStart(4, '0')}-${m}-${d}`);
const time = fc
  .tuple(two(0, 24), two(0, 60), fc.option(two(0, 60), { nil: undefined }), digits(0, 7))
  .map(([h, m, s, f]) => `${h}:${m}${s === undefined ? '' : `:${s}${f === '' ? '' : `.${f}`}`}`);
const era = fc.constantFrom('', '', '', ' BC');
const moment = fc.tuple(date, fc.constantFrom(' ', 'T'), time).map((parts) => parts.join(''));
const offset = fc
  .tuple(fc.constantFrom('+', '-'), two(0, 16), fc.constantFrom('', ':', 'x'), two(0, 60))
  .map(([side, h, colon, m]) => `${side}${h}${colon === 'x' ? '' : `${colon}${m}`}`);

test.each<readonly [string, fc.Arbitrary<string>]>([
  ['smallint', fc.oneof(fc.integer({ min: -40_000, max: 40_000 }).map(String), fc.string({ maxLength: 4 }))],
  ['integer', fc.oneof(fc.integer().map(String), decimal)],
  [
    'bigint',
    fc.oneof(
      fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
      fc.tuple(sign, digits(0, 21)).map((parts) => parts.join('')),
    ),
  ],
  ['numeric', fc.oneof(decimal, decimal, drawn('01.-+eE', 6))],
  ['numeric(12,4)', decimal],
  ['numeric(3,-2)', fc.tuple(sign, digits(0, 6)).map((parts) => `${parts.join('')}00.0`)],
  ['numeric(2,5)', fc.tuple(sign, fc.constantFrom('0', ''), digits(0, 7)).map(([s, w, d]) => `${s}${w}.${d}`)],
  ['double precision', fc.oneof(decimal, fc.double({ noNaN: true }).map(String))],
  ['real', fc.oneof(decimal, fc.float({ noNaN: true }).map(String), fc.double({ min: -1e39, max: 1e39 }).map(String))],
  ['boolean', drawn('truefalsyno01T', 5)],
  ['date', fc.tuple(date, era).map((parts) => parts.join(''))],
  ['time', time],
  ['time(2)', time],
  ['timestamp', fc.tuple(fc.oneof(moment, date), era).map((parts) => parts.join(''))],
  ['timestamp(3)', moment],
  ['timestamptz', fc.tuple(moment, fc.oneof(offset, fc.constantFrom('Z', '')), era).map((parts) => parts.join(''))],
  ['uuid', fc.uuid()],
  ['bytea', fc.uint8Array().map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`)],
  ['text', fc.string({ unit: 'binary' })],
  ['varchar(5)', fc.string({ unit: 'grapheme', maxLength: 8 })],
  ['json', fc.json()],
])('%s: whatever is taken prints as the server prints it', async (type, values) => {
  const encode = encoderOf(type);
  let compared = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(values, { minLength: 40, maxLength: 80 }), async (texts) => {
      const taken = texts.filter((text) => encode(text) !== undefined);
      compared += taken.length;
      expect(await landed(type, taken)).toEqual(await printed(type, taken));
    }),
    { numRuns: 25 },
  );
  expect(compared).toBeGreaterThan(50);
});

test('control: the comparison finds a value that landed changed', async () => {
  expect(await landed('integer', ['1', '2'])).not.toEqual(await printed('integer', ['1', '3']));
});

/** What Postgres prints of the values as encoded, once it has given the very bytes back. */
async function landed(type: string, texts: readonly string[]): Promise<(string | null)[]> {
  const client: pg.Client = world.source;
  const writer = writeTuples(1);
  const encode = encoderOf(type);
  const encoded = texts.map((text) => encode(text) ?? null);
  for (const value of encoded) writer.add([value]);
  await client.query('drop table if exists pg_temp.encoded');
  await client.query(`create temporary table encoded (value ${type})`);
  const copy = client.query(copyFrom('copy encoded from stdin (format binary)'));
  copy.end(writer.end());
  await finished(copy);
  if (type !== 'jsonb') {
    const given: (Buffer | null)[] = [];
    for await (const rows of readTuples(client.query(copyTo('copy encoded to stdout (format binary)')))) {
      given.push(...rows.flat());
    }
    expect(given.map((value) => value?.toString('hex'))).toEqual(encoded.map((value) => value?.toString('hex')));
  }
  const { rows } = await client.query<{ text: string | null }>('select value::text as text from encoded order by ctid');
  return rows.map(({ text }) => text);
}

async function printed(type: string, texts: readonly string[]): Promise<(string | null)[]> {
  const { rows } = await world.source.query<{ printed: string | null }>(
    'select pg_temp.prints(text, $2) as printed from unnest($1::text[]) with ordinality as given (text, at) order by at',
    [texts, type],
  );
  return rows.map((row) => row.printed);
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}... (${text.length})` : text;
}
