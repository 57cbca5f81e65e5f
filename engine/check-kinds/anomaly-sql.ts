import { literal } from '../sql-text.ts';
import type { AnomalyArguments } from './anomaly-arguments.ts';

/** How a figure is judged in SQL: lateral joins that come after a relation, and what they say. */
export interface AnomalySql {
  readonly lateral: string;
  /** SQL condition; also true of a figure that is null, or that has too few before it to be compared with. */
  readonly isUnusual: string;
  /** SQL text: `12, usual is 90 to 110 by 28 days before`. */
  readonly reason: string;
}

/**
 * Judges the numeric `value` of a relation that also has the arrays `training`, the earlier figures, and `path`, these and every figure
 * since up to the value, both in the order of time. Exact but for the means and powers of ewma, which have 40 decimals; the functions
 * `hampel` and `ewma` in engine/statistics/anomaly.ts are the same in TypeScript, and a test holds them together.
 */
export function anomalySql(given: AnomalyArguments, earlier: string): AnomalySql {
  const { direction, min_change: least, min_training: enough, method } = given;
  const { lateral, seen, reach, isBeyond } = method === 'hampel' ? hampelSql(given) : ewmaSql(given);
  const sides = { both: 'true', up: `${seen} > centre`, down: `${seen} < centre` };
  const shown = (sql: string): string => `trim_scale(round(${sql}, 4))`;
  const usual = `${shown(`centre - ${reach}`)} || ' to ' || ${shown(`centre + ${reach}`)}`;
  const figure = method === 'ewma' ? `' (weighted with those before: ' || ${shown('smoothed')} || ')'` : `''`;
  return {
    lateral,
    isUnusual: `(value is null or trained < ${enough} or (${isBeyond} and abs(value - centre) * 100 > ${least} * abs(centre) and ${sides[direction]}))`,
    reason: `case when value is null then 'no value' when trained < ${enough} then trim_scale(value) || ', and only ' || trained || ${literal(` ${earlier} have a value to compare with`)}
  else trim_scale(value) || ${figure} || '; usual is ' || ${usual} || ' by ' || trained || ${literal(` ${earlier}`)} end`,
  };
}

interface Method {
  readonly lateral: string;
  readonly seen: string;
  readonly reach: string;
  readonly isBeyond: string;
}

function hampelSql({ k, min_change: least }: AnomalyArguments): Method {
  const middle = (sorted: string): string => `(${sorted}[(trained + 1) / 2] + ${sorted}[(trained + 2) / 2]) * 0.5`;
  return {
    lateral: `cross join lateral (
  select array_agg(each order by each) as sorted, count(*)::int as trained from unnest(training) as each
) as ordered
cross join lateral (select ${middle('sorted')} as centre) as median
cross join lateral (
  select array_agg(abs(each - centre) order by abs(each - centre)) as distances from unnest(training) as each
) as apart
cross join lateral (select ${k} * 1.4826 * ${middle('distances')} as spread) as mad`,
    seen: 'value',
    reach: `greatest(spread, ${least} * abs(centre) * 0.01)`,
    isBeyond: 'abs(value - centre) > spread',
  };
}

function ewmaSql({ k, lambda }: AnomalyArguments): Method {
  // With that many decimals, so that products and powers keep them.
  const weight = `round(${lambda}, 40)`;
  const rest = `round(1 - ${lambda}, 40)`;
  return {
    lateral: `cross join lateral (
  select count(*)::int as trained, round(sum(each), 40) / nullif(count(*), 0) as centre from unnest(training) as each
) as mean
cross join lateral (
  select sum((each - centre) * (each - centre)) / nullif(trained - 1, 0) as variance from unnest(training) as each
) as spread
cross join lateral (
  select sum(${weight} * power(${rest}, cardinality(path) - place) * each) + power(${rest}, cardinality(path)) * centre as smoothed
  from unnest(path) with ordinality as passed (each, place)
) as weighted
cross join lateral (
  select ${k} * ${k} * variance * ${lambda} / (2 - ${lambda}) * (1 - power(${rest}, 2 * cardinality(path))) as square
) as limits`,
    seen: 'smoothed',
    reach: 'sqrt(square)',
    isBeyond: '(smoothed - centre) * (smoothed - centre) > square',
  };
}
