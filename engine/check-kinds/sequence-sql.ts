import { literal } from '../sql-text.ts';
import type { SequenceArguments } from './kinds/sequence-gaps.ts';

/**
 * Common table expressions over `numbered` (series text[], number numeric, each pair once, NaN for what is no number) that end in `holes`
 * (series, first, last, missing) and `wrong` (series, number). Numbers, the ends of ranges and known gaps are all stretches that are
 * covered; a hole is what lies between the furthest end so far and the next beginning. `single`: there is one series, also without rows.
 */
export function sequenceSql(given: SequenceArguments, single: boolean): string {
  const { step, complete, ranges, known_gaps: known } = given;
  const fits = [
    ...(ranges.length === 0 ? [] : ['number between low and high']),
    ...(step === 1 ? [] : [`(number - base) % ${step} = 0`]),
  ];
  const sentinels =
    ranges.length === 0
      ? []
      : [
          'select series, range_no, base, low - 1, low - 1 from based',
          ...(complete ? ['select series, range_no, base, high + 1, high + 1 from based'] : []),
        ];
  return `${ranges.length === 0 ? undeclared() : declared(ranges, single)},
known (low, high, part) as (
  ${known.length === 0 ? 'select null::numeric, null::numeric, null::text[] where false' : `values ${known.map(({ from, to, group }) => `(${from}::numeric, ${to}::numeric, ${ofGroup(group)})`).join(', ')}`}
),
ends as (
  select series, range_no, base, number as low, number as high
  from numbered
  join based using (series)
  where ${["number <> 'NaN'", ...fits].join(' and ')}${sentinels.map((each) => `\n  union all\n  ${each}`).join('')}
),
covered as (
  select * from ends
  union all
  select series, range_no, base, known.low, known.high
  from (select series, range_no, base, min(low) as lowest, max(high) as highest from ends group by series, range_no, base) as spans
  join known on (known.part is null or known.part = spans.series) and known.low <= highest and known.high >= lowest
),
stretches as (
  select series, base, low, max(high) over (
    partition by ${single ? '' : 'series, '}range_no order by low, high rows between unbounded preceding and 1 preceding
  ) as before
  from covered
),
between_them as (
  select series, ${step === 1 ? 'before + 1' : `before + 1 + ${rest('base - before - 1', step)}`} as first,
    ${step === 1 ? 'low - 1' : `low - 1 - ${rest('low - 1 - base', step)}`} as last
  from stretches
  where before is not null
),
holes as (
  select series, first, last, ${step === 1 ? 'last - first + 1' : `div(last - first, ${step}) + 1`} as missing from between_them where first <= last
),
wrong as (
  select series, number from numbered where number = 'NaN'${
    fits.length === 0
      ? ''
      : `
  union all
  select series, number from numbered
  where number <> 'NaN' and not exists (select 1 from based where based.series = numbered.series and ${fits.join(' and ')})`
  }
)`;
}

/** Each series begins where its own first number is. */
function undeclared(): string {
  return `based as (
  select series, 0 as range_no, min(number) as base from numbered group by series
)`;
}

function declared(ranges: SequenceArguments['ranges'], single: boolean): string {
  const rows = ranges.map(
    ({ from, to, group }, at) => `(${at + 1}, ${from}::numeric, ${to}::numeric, ${ofGroup(group)})`,
  );
  const series = single
    ? `select '{}'::text[] as series`
    : 'select series from numbered union select part from declared where part is not null';
  return `declared (range_no, low, high, part) as (
  values ${rows.join(', ')}
),
based as (
  select every.series, range_no, low as base, low, high
  from declared
  join (${series}) as every on declared.part is null or declared.part = every.series
)`;
}

function ofGroup(group: readonly string[] | undefined): string {
  return group === undefined ? 'null::text[]' : `array[${group.map(literal).join(', ')}]::text[]`;
}

/** What is left after whole steps, never below 0. */
function rest(number: string, step: number): string {
  return `(((${number}) % ${step} + ${step}) % ${step})`;
}
