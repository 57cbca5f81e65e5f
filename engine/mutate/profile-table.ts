import type { KnownColumn } from '../check-kinds/check-kind.ts';
import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { Content, ScratchTable } from './ground.ts';

/** What a column's values are to an auditor, whatever type they landed as. */
export type Shape = 'number' | 'integer' | 'date' | 'timestamp' | 'time' | 'boolean' | 'text' | 'other';

/** A column of the copy, as far as faults need to know it. */
export interface ColumnProfile {
  /** As people call it, and quoted. */
  readonly label: string;
  readonly name: string;
  readonly type: string;
  /** The column over `t`. */
  readonly sql: string;
  readonly shape: Shape;
  /** The value over `t` in the shape's own type, where it landed as text. */
  readonly value: string;
  /** A value of the shape's type as the column writes it. */
  readonly write: (value: string) => string;
  /** Whether it names something: faults of amounts do not fit it, a key that leads nowhere does. */
  readonly isKey: boolean;
  readonly rows: bigint;
  readonly present: bigint;
  readonly distinct: bigint;
  /** Longest text. */
  readonly longest: bigint;
  /** Of a date or a timestamp: months in which there are values. */
  readonly months: bigint;
  /** Of a text column with two values: these; of any other none. */
  readonly two: readonly string[];
}

export interface TableProfile {
  readonly table: ScratchTable;
  readonly rows: bigint;
  readonly columns: readonly ColumnProfile[];
  /** The column that tells which period a row is of; undefined without one, or when all rows are of one. */
  readonly period: ColumnProfile | undefined;
}

/** Looks at every column of a table of the copy, each value once. */
export async function profileTable(
  table: ScratchTable & { readonly content: Content },
  session: Session,
): Promise<TableProfile> {
  const columns = table.columns.filter(({ name }) => !table.own.includes(name));
  const { rows } = table.content;
  const figures = await figuresOf(table.copy, columns.map(valuesOf), session);
  const shaped = columns.map(({ name, type }, at) => {
    const [present = 0n, distinct = 0n, longest = 0n, ...matches] = figures[at] ?? [];
    const base = {
      label: name,
      name: identifier(name),
      type,
      sql: `t.${identifier(name)}`,
      rows: BigInt(rows),
      present,
      distinct,
      longest,
    };
    return { ...base, ...shapeOf(base, matches), isKey: isKey(name, table.key) };
  });
  const months = await figuresOf(table.copy, shaped.map(monthsOf), session);
  const profiled: ColumnProfile[] = [];
  for (const [at, column] of shaped.entries()) {
    const two = column.shape === 'text' && column.distinct === 2n ? await twoOf(column, table.copy, session) : [];
    profiled.push({ ...column, months: months[at]?.[0] ?? 0n, two });
  }
  return { table, rows: BigInt(rows), columns: profiled, period: periodOf(profiled) };
}

/** Rows with a value, distinct values, the longest, and rows that match each pattern, by column. */
function valuesOf({ name, type }: KnownColumn): Figures {
  const patterns =
    shapeOfType(type) === 'text'
      ? [...PATTERNS.map(([, pattern]) => `btrim(value) ~ '${pattern}'`), `value ~ '[.]'`]
      : [];
  return {
    value: `t.${identifier(name)}::text collate "C"`,
    figures: [
      'sum(n)',
      'count(*)',
      'max(length(value))',
      ...patterns.map((pattern) => `sum(n) filter (where ${pattern})`),
    ],
  };
}

function monthsOf({ shape, value }: Pick<ColumnProfile, 'shape' | 'value'>): Figures {
  const isDated = shape === 'date' || shape === 'timestamp';
  return { value: isDated ? `date_trunc('month', ${value})` : 'null::date', figures: ['count(*)'] };
}

const PATTERNS = [
  ['yyyymmdd', '^[12][0-9]{3}(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])$'],
  ['iso', '^[12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$'],
  ['decimal', '^-?[0-9]{1,30}([.][0-9]{1,10})?$'],
  ['clock', '^[0-9]{1,6}$'],
] as const;

async function twoOf({ sql }: Pick<ColumnProfile, 'sql'>, copy: string, session: Session): Promise<readonly string[]> {
  const [row] = await session.query(`select min(${sql}::text) as least, max(${sql}::text) as most from ${copy} as t`);
  return [row?.['least'] ?? '', row?.['most'] ?? ''];
}

interface Figures {
  /** An expression over `t`. */
  readonly value: string;
  /** Aggregates over its distinct `value`s that are not null, each with the `n` rows that have it. */
  readonly figures: readonly string[];
}

async function figuresOf(
  copy: string,
  asked: readonly Figures[],
  session: Session,
): Promise<readonly (readonly bigint[])[]> {
  if (asked.length === 0) return [];
  const each = asked.map(
    ({ value, figures }) => `(select array[${figures.map((figure) => `coalesce(${figure}, 0)::bigint`).join(', ')}]
from (select ${value} as value, count(*) as n from ${copy} as t group by 1) as found where value is not null)::text`,
  );
  const [row] = await session.query(`select ${each.map((sql, at) => `${sql} as c${at}`).join(',\n')}`);
  return asked.map((_, at) => (row?.[`c${at}`] ?? '{0}').slice(1, -1).split(',').map(BigInt));
}

function shapeOf(
  { label, type, sql, present }: Pick<ColumnProfile, 'label' | 'type' | 'sql' | 'present'>,
  matches: readonly bigint[],
): Pick<ColumnProfile, 'shape' | 'value' | 'write'> {
  const plain = { value: sql, write: (value: string) => value };
  const known = shapeOfType(type);
  if (known !== 'text') return { shape: known, ...plain };
  const [compact, iso, decimal, clock, points = 0n] = matches;
  const all = (count: bigint | undefined): boolean => present > 0n && count === present;
  const text = `btrim(${sql}::text)`;
  if (all(compact) && /dat|day|period|when/i.test(label)) return dateText(text, 'YYYYMMDD');
  if (all(iso)) return dateText(text, 'YYYY-MM-DD');
  if (all(clock) && /time|hour|clock/i.test(label))
    return {
      shape: 'time',
      value: `(substr(lpad(${text}, 6, '0'), 1, 2) || ':' || substr(lpad(${text}, 6, '0'), 3, 2))::time`,
      write: (value) => `ltrim(to_char(${value}, 'HH24MI') || right(lpad(${text}, 6, '0'), 2), '0')`,
    };
  if (all(decimal) && (points > 0n || AMOUNT.test(label)))
    return { shape: 'number', value: `(${text})::numeric`, write: (value) => `(${value})::text` };
  return { shape: 'text', ...plain };
}

const AMOUNT = /(^|[^a-z])(amount|total|price|qty|quantity|value|sum|balance|count|cost|rate)s?([^a-z]|$)/i;

function dateText(text: string, format: string): Pick<ColumnProfile, 'shape' | 'value' | 'write'> {
  return { shape: 'date', value: `to_date(${text}, '${format}')`, write: (value) => `to_char(${value}, '${format}')` };
}

function shapeOfType(type: string): Shape {
  if (/^(numeric|real|double precision|money)/.test(type)) return 'number';
  if (/^(smallint|integer|bigint)$/.test(type)) return 'integer';
  if (type === 'date') return 'date';
  if (type.startsWith('timestamp')) return 'timestamp';
  if (type.startsWith('time')) return 'time';
  if (type === 'boolean') return 'boolean';
  return /^(text|character|"char"|citext)/.test(type) && !type.endsWith('[]') ? 'text' : 'other';
}

function isKey(name: string, key: readonly string[]): boolean {
  return key.includes(name) || /(^|_|[a-z])(id|key|no|nr|num|number|code)$/i.test(name);
}

/** The date that most rows have; of several the first. */
function periodOf(columns: readonly ColumnProfile[]): ColumnProfile | undefined {
  const dated = columns.filter(({ months }) => months > 1n);
  return dated.toSorted((a, b) => (a.present === b.present ? 0 : a.present > b.present ? -1 : 1))[0];
}
