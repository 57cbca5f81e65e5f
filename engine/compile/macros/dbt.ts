import { wordFailure } from '../../jinja/word-failure.ts';
import { columnClass } from '../words/column.ts';
import { listOf } from '../python/itertools.ts';
import { text } from '../python/text.ts';
import { runQuery } from '../words/statements.ts';
import { plain } from '../words/plain.ts';
import type { Builtin, Builtins, MacroTools } from './builtin.ts';

/** A macro of one line of SQL. */
function sql(takes: readonly string[], write: (...given: string[]) => string): Builtin {
  return { takes, run: (given) => write(...takes.map((name) => text(given[name]))) };
}

/** dbt's cross-database macros as they are on Postgres. */
export const dbtMacros: Builtins = {
  any_value: sql(['expression'], (x) => `min(${x})`),
  bool_or: sql(['expression'], (x) => `bool_or(${x})`),
  cast: sql(['field', 'type'], (field, type) => `cast(${field} as ${type})`),
  safe_cast: sql(['field', 'type'], (field, type) => `cast(${field} as ${type})`),
  cast_bool_to_text: sql(['field'], (field) => `cast(${field} as TEXT)`),
  concat: { takes: ['fields'], run: ({ fields }) => listOf(fields).map(text).join(' || ') },
  length: sql(['expression'], (x) => `length(${x})`),
  replace: sql(['field', 'old_chars', 'new_chars'], (field, old, by) => `replace(${field}, ${old}, ${by})`),
  right: sql(['string_text', 'length_expression'], (x, length) => `right(${x}, ${length})`),
  position: sql(['substring_text', 'string_text'], (part, whole) => `position(${part} in ${whole})`),
  split_part: {
    takes: ['string_text', 'delimiter_text', 'part_number'],
    run: ({ string_text, delimiter_text, part_number }) => {
      const [whole, by, part] = [string_text, delimiter_text, part_number].map(text);
      // Postgres counts from the end too, but not before version 14, where dbt's form is known to give the same.
      return `split_part(${whole}, ${by}, ${part})`;
    },
  },
  hash: sql(['field'], (field) => `md5(cast(${field} as TEXT))`),
  equals: sql(['expr1', 'expr2'], (a, b) => `(${a} = ${b})`),
  except: sql([], () => 'except'),
  intersect: sql([], () => 'intersect'),
  escape_single_quotes: sql(['expression'], (x) => x.replaceAll("'", "''")),
  string_literal: sql(['value'], (value) => `'${value}'`),
  listagg: {
    takes: ['measure', 'delimiter_text', 'order_by_clause', 'limit_num'],
    run: ({ measure, delimiter_text: delimiter = "','", order_by_clause: order, limit_num: limit }) => {
      const sorted = order ? ` ${text(order)}` : '';
      return limit
        ? `array_to_string((array_agg(${text(measure)}${sorted}))[1:${text(limit)}], ${text(delimiter)})`
        : `string_agg(${text(measure)}, ${text(delimiter)}${sorted})`;
    },
  },
  array_construct: {
    takes: ['inputs', 'data_type'],
    run: ({ inputs, data_type: type = 'integer' }) => {
      const items = listOf(inputs).map(text);
      return items.length > 0 ? `array[ ${items.join(' , ')} ]` : `array[]::${text(type)}[]`;
    },
  },
  array_append: sql(['array', 'new_element'], (list, item) => `array_append(${list}, ${item})`),
  array_concat: sql(['array_1', 'array_2'], (a, b) => `array_cat(${a}, ${b})`),

  type_string: sql([], () => 'TEXT'),
  type_timestamp: sql([], () => 'timestamp'),
  type_float: sql([], () => 'float'),
  type_numeric: sql([], () => columnClass.numeric_type('numeric', 28, 6)),
  type_bigint: sql([], () => 'bigint'),
  type_int: sql([], () => 'integer'),
  type_boolean: sql([], () => 'boolean'),

  current_timestamp: sql([], () => 'now()'),
  current_timestamp_backcompat: sql([], () => 'current_timestamp::timestamp'),
  current_timestamp_in_utc_backcompat: sql([], () => "(current_timestamp at time zone 'utc')::timestamp"),
  snapshot_get_time: sql([], () => 'now()::timestamp without time zone'),

  date_trunc: sql(['datepart', 'date'], (part, date) => `date_trunc('${part}', ${date})`),
  dateadd: sql(
    ['datepart', 'interval', 'from_date_or_timestamp'],
    (part, count, from) => `${from} + ((interval '1 ${part}') * (${count}))`,
  ),
  datediff: {
    takes: ['first_date', 'second_date', 'datepart'],
    run: ({ first_date: first, second_date: second, datepart: part }) =>
      dateDiff(text(first), text(second), text(plain(part))),
  },
  last_day: {
    takes: ['date', 'datepart'],
    run: ({ date, datepart }, { call }) => {
      const [part, count] = plain(datepart) === 'quarter' ? ['month', '3'] : [datepart, '1'];
      const next = call('dbt', 'dateadd', part, count, call('dbt', 'date_trunc', datepart, date));
      return `cast(${text(call('dbt', 'dateadd', 'day', '-1', next))} as date)`;
    },
  },
  date: {
    takes: ['year', 'month', 'day'],
    run: ({ year, month, day }) => {
      const [y, m, d] = [year, month, day].map((part) => text(part));
      return `to_date('${y?.padStart(4, '0')}-${m?.padStart(2, '0')}-${d?.padStart(2, '0')}', 'YYYY-MM-DD')`;
    },
  },
  get_intervals_between: {
    takes: ['start_date', 'end_date', 'datepart'],
    run: ({ start_date: start, end_date: end, datepart }, { call, scene }) => {
      const result = runQuery(`select ${text(call('dbt', 'datediff', start, end, datepart))}`, scene());
      const row = result?.data[0];
      return Array.isArray(row) ? (row[0] as unknown) : 1;
    },
  },
  get_powers_of_two: {
    takes: ['upper_bound'],
    run: ({ upper_bound: bound }) => powersOfTwo(Number(plain(bound))),
  },
  generate_series: {
    takes: ['upper_bound'],
    run: ({ upper_bound: bound }) => generateSeries(Number(plain(bound))),
  },
  date_spine: {
    takes: ['datepart', 'start_date', 'end_date'],
    run: ({ datepart, start_date: start, end_date: end }, tools) => dateSpine(datepart, start, end, tools),
  },
};

function dateDiff(first: string, second: string, part: string): string {
  const between = (unit: string, type: string): string =>
    `date_part('${unit}', (${second})::${type}) - date_part('${unit}', (${first})::${type})`;
  switch (part.toLowerCase()) {
    case 'year':
      return `(${between('year', 'date')})`;
    case 'quarter':
      return `(${dateDiff(first, second, 'year')} * 4 + ${between('quarter', 'date')})`;
    case 'month':
      return `(${dateDiff(first, second, 'year')} * 12 + ${between('month', 'date')})`;
    case 'day':
      return `((${second})::date - (${first})::date)`;
    case 'week': {
      const days = dateDiff(first, second, 'day');
      const weekday = (date: string): string => `date_part('dow', (${date})::timestamp)`;
      const sameOrder = `case when ${first} <= ${second} then 0 else -1 end`;
      const wraps = `case when ${first} <= ${second} then 1 else 0 end`;
      return `(${days} / 7 + case when ${weekday(first)} <= ${weekday(second)} then ${sameOrder} else ${wraps} end)`;
    }
    case 'hour':
      return `(${dateDiff(first, second, 'day')} * 24 + ${between('hour', 'timestamp')})`;
    case 'minute':
      return `(${dateDiff(first, second, 'hour')} * 60 + ${between('minute', 'timestamp')})`;
    case 'second':
      return fineDiff(first, second, 60, 'second');
    case 'millisecond':
      return fineDiff(first, second, 60_000, 'millisecond');
    case 'microsecond':
      return fineDiff(first, second, 60_000_000, 'microsecond');
    default:
      throw wordFailure('COMPILE_TEMPLATE', `datediff has no date part '${part}'`);
  }
}

function fineDiff(first: string, second: string, perMinute: number, unit: string): string {
  const floor = (date: string): string => `floor(date_part('${unit}', (${date})::timestamp))`;
  return `(${dateDiff(first, second, 'minute')} * ${perMinute} + ${floor(second)} - ${floor(first)})`;
}

function powersOfTwo(bound: number): number {
  if (!(bound > 0)) throw wordFailure('COMPILE_TEMPLATE', 'generate_series: the upper bound must be positive');
  return Math.max(1, Math.ceil(Math.log2(bound)));
}

/** One row a number from 1 to the bound, as `generated_number` in double precision. */
function generateSeries(bound: number): string {
  powersOfTwo(bound);
  return `select generated_number::double precision as generated_number
from pg_catalog.generate_series(1, ${bound}) as series(generated_number)
order by generated_number`;
}

function dateSpine(datepart: unknown, start: unknown, end: unknown, { call }: MacroTools): string {
  const series = call('dbt', 'generate_series', call('dbt', 'get_intervals_between', start, end, datepart));
  const step = call('dbt', 'dateadd', datepart, 'row_number() over (order by 1) - 1', start);
  const column = `date_${text(datepart)}`;
  return `with rawdata as (
${text(series)}
),

all_periods as (
    select (
        ${text(step)}
    ) as ${column}
    from rawdata
),

filtered as (
    select *
    from all_periods
    where ${column} <= ${text(end)}
)

select * from filtered`;
}
