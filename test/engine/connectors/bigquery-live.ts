import { describe, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { connectionTo, declare, landOnce } from './bigquery-fixture.ts';

/**
 * What only the cloud can prove: real types, real analysis, time travel of a real table. It writes nothing and reads a public
 * table of 6 MB. Registers no test unless TICKMARK_BIGQUERY_PROJECT names the project that pays; the key of a service
 * account comes in TICKMARK_BIGQUERY_CREDENTIALS, else the environment's default credentials are taken.
 */
export function describeLive(world: () => TestWarehouse): void {
  const project = process.env['TICKMARK_BIGQUERY_PROJECT'];
  if (project === undefined || project === '') return;
  const credentials = process.env['TICKMARK_BIGQUERY_CREDENTIALS'];
  const connection = connectionTo('https://bigquery.googleapis.com', {
    project,
    ...(credentials === undefined ? {} : { credentials }),
    limits: { bytes: 100_000_000, seconds: 120 },
  });

  describe('the cloud', () => {
    test('gives every type exactly', { timeout: 120_000 }, async () => {
      const cases: readonly (readonly [expression: string, landed: string | null])[] = [
        ['cast(9223372036854775807 as int64)', '9223372036854775807'],
        [`numeric '99999999999999999999999999999.999999999'`, '99999999999999999999999999999.999999999'],
        [
          `bignumeric '-578960446186580977117854925043439539266.34992332820282019728792003956564819968'`,
          '-578960446186580977117854925043439539266.34992332820282019728792003956564819968',
        ],
        ['0.1', '0.1'],
        ['5e-324', '5e-324'],
        ['1.7976931348623157e308', '1.7976931348623157e+308'],
        [`cast('nan' as float64)`, 'NaN'],
        [`cast('-inf' as float64)`, '-Infinity'],
        ['true', 'true'],
        [`'Zoë 😀 \\n'`, 'Zoë 😀 \n'],
        [`b'\\x00\\xff'`, '\\x00ff'],
        [`date '0001-01-01'`, '0001-01-01'],
        [`time '23:59:59.999999'`, '23:59:59.999999'],
        [`datetime '9999-12-31 23:59:59.999999'`, '9999-12-31 23:59:59.999999'],
        [`timestamp '0001-01-01 00:00:00+00'`, '0001-01-01 00:00:00+00'],
        [`timestamp '2024-01-02 03:04:05.123456+02:30'`, '2024-01-02 00:34:05.123456+00'],
        [`json '{"a": [1, 2.5]}'`, '{"a":[1,2.5]}'],
        [`st_geogpoint(1.5, 2.25)`, 'POINT(1.5 2.25)'],
        [`interval '1-2 3 4:5:6.789' year to second`, '1-2 3 4:5:6.789'],
        [`range<date> '[2024-01-01, unbounded)'`, '[2024-01-01, UNBOUNDED)'],
        ['[1, 9007199254740993]', '[1,"9007199254740993"]'],
        [`struct(9007199254740993 as x, 'q"' as y)`, '{"x":"9007199254740993","y":"q\\""}'],
        ['cast(null as timestamp)', null],
      ];
      const columns = cases.map(([expression], at) => `${expression} as v${at}`);
      const table = declare({ name: 'types', query: `select ${columns.join(', ')}` });
      const { rows, figures } = await landOnce(connection, table, world().source);
      expect(rows).toEqual([cases.map(([, landed]) => landed)]);
      expect(figures.rows).toBe(1n);
    });

    test(
      'reads a public table as of one instant, by pages, with its own count and totals',
      { timeout: 300_000 },
      async () => {
        const table = declare({
          name: 'shakespeare',
          schema: 'bigquery-public-data.samples',
          control_totals: ['word_count'],
        });
        const { rows, figures, read } = await landOnce(connection, table, world().source);
        expect(BigInt(rows.length)).toBe(figures.rows);
        expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(Number(figures.totals[0]?.sum));
        expect(read.query).toContain(`for system_time as of timestamp '${read.snapshotId}'`);
      },
    );

    test('takes the instant in a query, for its tables to be read as of it', { timeout: 120_000 }, async () => {
      const query =
        'select count(*) as n from `bigquery-public-data`.samples.shakespeare for system_time as of @instant';
      const { rows } = await landOnce(connection, declare({ name: 'counted', query }), world().source);
      expect(Number(rows[0]?.[0])).toBeGreaterThan(100_000);
    });

    test('refuses what is not one SELECT by its analysis alone', { timeout: 120_000 }, async () => {
      for (const query of ['begin end', 'create temp table t as select 1', 'call nowhere.nothing()']) {
        const error = await catchError(() => landOnce(connection, declare({ name: 'bad', query }), world().source));
        expect([query, (error as { code?: string }).code]).toEqual([query, expect.stringMatching(/^EXTRACT_/)]);
      }
    });

    test('stops at limits.bytes', { timeout: 120_000 }, async () => {
      const small = { ...connection, limits: { ...connection.limits, bytes: 1 } };
      const table = declare({ name: 'shakespeare', schema: 'bigquery-public-data.samples' });
      expect(await catchError(() => landOnce(small, table, world().source))).toMatchObject({ code: 'EXTRACT_CEILING' });
    });
  });
}
