import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { bigqueryColumn, printInstant } from '../../../engine/connectors/bigquery-types.ts';
import { holdsSemicolon } from '../../../engine/connectors/bigquery-statement.ts';
import { writeTuples } from '../../../engine/tuples/write-tuples.ts';
import { landRead } from '../../setup/land-read.ts';

let client: pg.Client;

beforeAll(async () => {
  const { postgres } = inject('servers');
  client = new pg.Client({ ...postgres, database: 'postgres', options: '-c timezone=UTC' });
  await client.connect();
});

afterAll(() => client.end());

/** What lands of a value that the API's JSON holds as this text. */
async function landWire(type: string, wire: string): Promise<string | null | undefined> {
  const column = bigqueryColumn({ name: 'v', type, mode: 'NULLABLE' });
  const bytes = column?.encode(wire);
  if (!column || bytes === undefined) return undefined;
  const writer = writeTuples(1);
  writer.add([bytes]);
  async function* rows() {
    yield writer.end();
  }
  const figures = { rows: 1n, totals: [], whole: null, cursor: null, drift: { added: [], missing: [], discarded: [] } };
  const read = { system: {}, snapshotId: '', query: '', bindings: {}, columns: [column], rows: rows() };
  const landed = await landRead({ ...read, figures: () => Promise.resolve(figures) }, client);
  return landed.rows[0]?.[0];
}

describe('a value as the API of the cloud writes it, also where the emulator has no such value,', () => {
  const nines = '9'.repeat(38);
  test.each([
    ['INTEGER', '9223372036854775807', '9223372036854775807'],
    ['INTEGER', '-9223372036854775808', '-9223372036854775808'],
    ['NUMERIC', '99999999999999999999999999999.999999999', '99999999999999999999999999999.999999999'],
    ['NUMERIC', '-1.5', '-1.500000000'],
    [
      'BIGNUMERIC',
      `578960446186580977117854925043439539266.34992332820282019728792003956564819967`,
      '578960446186580977117854925043439539266.34992332820282019728792003956564819967',
    ],
    ['BIGNUMERIC', `-${nines}.${nines}`, `-${nines}.${nines}`],
    ['BIGNUMERIC', '0.00000000000000000000000000000000000001', '0.00000000000000000000000000000000000001'],
    ['FLOAT', '0.1', '0.1'],
    ['FLOAT', '1.7976931348623157E308', '1.7976931348623157e+308'],
    ['FLOAT', '4.9E-324', '5e-324'],
    ['FLOAT', '-0.0', '-0'],
    ['FLOAT', 'NaN', 'NaN'],
    ['FLOAT', 'Infinity', 'Infinity'],
    ['FLOAT', '-Infinity', '-Infinity'],
    ['BOOLEAN', 'true', 'true'],
    ['STRING', 'Zoë 😀\n\t"\'\\', 'Zoë 😀\n\t"\'\\'],
    ['STRING', '', ''],
    ['BYTES', 'AAEC/f7/', '\\x000102fdfeff'],
    ['BYTES', '', '\\x'],
    ['DATE', '0001-01-01', '0001-01-01'],
    ['DATE', '9999-12-31', '9999-12-31'],
    ['TIME', '23:59:59.999999', '23:59:59.999999'],
    ['DATETIME', '0001-01-01T00:00:00', '0001-01-01 00:00:00'],
    ['DATETIME', '9999-12-31T23:59:59.999999', '9999-12-31 23:59:59.999999'],
    ['TIMESTAMP', '-62135596800000000', '0001-01-01 00:00:00+00'],
    ['TIMESTAMP', '253402300799999999', '9999-12-31 23:59:59.999999+00'],
    ['TIMESTAMP', '-1', '1969-12-31 23:59:59.999999+00'],
    ['TIMESTAMP', '1704164645123456', '2024-01-02 03:04:05.123456+00'],
    ['JSON', '{"a": 12345678901234567890.5, "b": [1.10]}', '{"a": 12345678901234567890.5, "b": [1.10]}'],
    ['INTERVAL', '1-2 3 4:5:6.789', '1-2 3 4:5:6.789'],
    ['GEOGRAPHY', 'POINT(1.5 2.25)', 'POINT(1.5 2.25)'],
    ['RANGE', '[2024-01-01, UNBOUNDED)', '[2024-01-01, UNBOUNDED)'],
  ])('lands exactly: %s %s', async (type, wire, landed) => {
    expect(await landWire(type, wire)).toBe(landed);
  });

  test.each([
    ['STRING', 'nul\0nul'],
    ['STRING', 'half \ud83d'],
    ['BYTES', 'POINT (1.5 2.25)'],
    ['BYTES', 'AAE'],
    ['TIMESTAMP', '1.704164645123456E9'],
    ['TIMESTAMP', '2024-01-02 03:04:05+00'],
    ['INTEGER', '9223372036854775808'],
    ['NUMERIC', '0.0000000001'],
    ['DATE', '2023-02-29'],
    ['BOOLEAN', 'yes!'],
  ])('is refused when it has no exact form: %s %s', async (type, wire) => {
    expect(await landWire(type, wire)).toBeUndefined();
  });

  test('is refused by its type where that is not known, or finer than a microsecond', () => {
    expect(bigqueryColumn({ name: 'v', type: 'FOREIGN', mode: 'NULLABLE' })).toBeUndefined();
    expect(bigqueryColumn({ name: 'v', type: 'constructor', mode: 'NULLABLE' })).toBeUndefined();
    expect(
      bigqueryColumn({ name: 'v', type: 'TIMESTAMP', mode: 'NULLABLE', timestampPrecision: '12' }),
    ).toBeUndefined();
    expect(bigqueryColumn({ name: 'v', type: 'TIMESTAMP', mode: 'NULLABLE', timestampPrecision: '6' })?.type).toBe(
      'timestamp with time zone',
    );
  });
});

test('an instant prints as Postgres prints it', () => {
  expect(['0', '-1', '1704164645120000', '-62135596800000000'].map((micros) => printInstant(BigInt(micros)))).toEqual([
    '1970-01-01 00:00:00+00',
    '1969-12-31 23:59:59.999999+00',
    '2024-01-02 03:04:05.12+00',
    '0001-01-01 00:00:00+00',
  ]);
});

test('a semicolon counts only outside of literals, names and comments', () => {
  for (const sql of [
    `select ';'`,
    `select ";", \`a;b\` from t -- ;`,
    `select 1 # ;\n from t /* ; \n ; */`,
    `select '''it's; ''', """a "quoted; " b"""`,
    `select r'\\';'`,
    `select 'a\\'; still in it'`,
  ]) {
    expect([sql, holdsSemicolon(sql)]).toEqual([sql, false]);
  }
  for (const sql of [
    `select 1;`,
    `select ''; drop table t`,
    `select '\\\\'; drop table t --'`,
    `select 'never closed; drop table t`,
    `select 1 -- '\n; drop table t --'`,
    `select 1 /* */; drop table t /* */`,
  ]) {
    expect([sql, holdsSemicolon(sql)]).toEqual([sql, true]);
  }
});
