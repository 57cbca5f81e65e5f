import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { anomalyArguments } from '../../../engine/check-kinds/anomaly-arguments.ts';
import { anomalySql } from '../../../engine/check-kinds/anomaly-sql.ts';
import { ewma, ewmaLimits, hampel, meanAndDeviation } from '../../../engine/statistics/anomaly.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

interface Series {
  readonly training: readonly string[];
  /** Judged before the value, so that only an average passes through it. */
  readonly since: readonly string[];
  readonly value: string;
}

const figure = fc.oneof(
  fc.integer({ min: 0, max: 12 }).map(String),
  fc
    .tuple(fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }), fc.integer({ min: 0, max: 99 }))
    .map(([n, c]) => `${n}.${c}`),
);
const series: fc.Arbitrary<Series> = fc.record({
  training: fc.array(figure, { minLength: 3, maxLength: 30 }),
  since: fc.array(figure, { maxLength: 3 }),
  value: figure,
});
const drawn = fc.sample(series, { numRuns: 400, seed: 20260131 });
const numerics = (texts: readonly string[]): string => `array[${texts.map((text) => `${text}`).join(', ')}]::numeric[]`;

const settings = [
  { method: 'hampel', min_training: 3 },
  { method: 'hampel', min_training: 3, k: '1.5', direction: 'up', min_change: '12.5 %' },
  { method: 'ewma', min_training: 3 },
  { method: 'ewma', min_training: 3, k: '1', lambda: '0.15', direction: 'down', min_change: '1 %' },
];

test.each(settings)('the database judges as the reference does: %j', async (written) => {
  const given = z.strictObject(anomalyArguments).parse(written);
  const sql = anomalySql(given, 'before');
  const rows = drawn.map(
    ({ training, since, value }, at) =>
      `(${at}, ${value}::numeric, ${numerics(training)}, ${numerics([...training, ...since, value])})`,
  );
  const found = await db.warehouse.query(
    `select at::text, coalesce(${sql.isUnusual}, false)::text as unusual from (values ${rows.join(', ')}) as judged (at, value, training, path)
${sql.lateral} order by judged.at`,
  );
  const unusual = found.map((row) => row['unusual'] === 'true');
  expect(unusual).toEqual(drawn.map((each) => isUnusual(each, given)));
  // Neither answer is the only one that was ever given.
  expect(new Set(unusual).size).toBe(2);
});

function isUnusual({ training, since, value }: Series, given: z.output<z.ZodObject<typeof anomalyArguments>>): boolean {
  const { centre, low, high, seen } = given.method === 'hampel' ? ofHampel() : ofEwma();
  const change = new Decimal(value).minus(centre).abs().times(100);
  const isAway =
    (given.direction !== 'down' && new Decimal(seen).gt(high)) ||
    (given.direction !== 'up' && new Decimal(seen).lt(low));
  return isAway && change.gt(new Decimal(centre).abs().times(given.min_change));

  function ofHampel() {
    const { median, reach } = hampel(training, given.k);
    return {
      centre: median,
      low: new Decimal(median).minus(reach),
      high: new Decimal(median).plus(reach),
      seen: value,
    };
  }
  function ofEwma() {
    const { mean, deviation } = meanAndDeviation(training);
    const path = [...training, ...since, value];
    const chart = { mean, deviation, lambda: given.lambda, k: given.k };
    return { centre: mean, ...ewmaLimits(chart, path.length), seen: ewma(path, chart).at(-1) ?? '' };
  }
}
