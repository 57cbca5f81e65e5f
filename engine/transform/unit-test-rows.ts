import { parse } from 'csv-parse/sync';
import { didYouMean } from '../config/did-you-mean.ts';
import type { UnitTestRows } from '../contracts/project.ts';
import { literal } from '../sql-text.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';

/** Rows of a unit test, each value as SQL of its column's type. */
export interface TypedRows {
  /** The columns that the rows name, in the order of the relation. */
  readonly columns: readonly RelationColumn[];
  /** Of each row, one cell for each of `columns`. */
  readonly rows: readonly (readonly TypedCell[])[];
}

export interface TypedCell {
  readonly sql: string;
  /** For messages: where it stands among the rows, from 1. */
  readonly row: number;
  readonly column: RelationColumn;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * Rows as YAML or CSV wrote them, against the columns of the relation that they stand for. A column is found by its name, or by
 * its name in lower case; one that is not there is refused. What a row does not name is null.
 */
export function typedRows(
  given: Exclude<UnitTestRows, { format: 'sql' }>,
  relation: readonly RelationColumn[],
  refuse: (reason: string) => never,
): TypedRows {
  const rows = fieldsOf(given, refuse);
  const find = finder(relation);
  const named = new Set<RelationColumn>();
  const found = rows.map((row, at) => {
    const values = new Map<RelationColumn, unknown>();
    for (const [name, value] of Object.entries(row)) {
      const column = find(name);
      if (column === undefined) refuse(unknownColumn(name, relation));
      if (values.has(column)) refuse(`row ${at + 1} names column ${column.name} twice`);
      values.set(column, value);
      named.add(column);
    }
    return values;
  });
  const columns = relation.filter((column) => named.has(column)).map(withoutLength);
  return {
    columns,
    rows: found.map((values, at) =>
      relation
        .filter((column) => named.has(column))
        .map((column, index): TypedCell => {
          const typed = columns[index] ?? column;
          const where = (reason: string): never => refuse(`row ${at + 1}, column ${column.name}: ${reason}`);
          return {
            sql: `cast(${valueText(values.get(column), typed.type, where)} as ${typed.type})`,
            row: at + 1,
            column: typed,
          };
        }),
    ),
  };
}

/** Whether the rows name a column that the relation does not have. */
export function lacksColumns(
  given: Exclude<UnitTestRows, { format: 'sql' }>,
  relation: readonly RelationColumn[],
  refuse: (reason: string) => never,
): boolean {
  const find = finder(relation);
  return fieldsOf(given, refuse).some((row) => Object.keys(row).some((name) => find(name) === undefined));
}

function finder(relation: readonly RelationColumn[]): (name: string) => RelationColumn | undefined {
  const byName = new Map(relation.map((column) => [column.name.toLowerCase(), column]));
  for (const column of relation) byName.set(column.name, column);
  return (name) => byName.get(name) ?? byName.get(name.toLowerCase());
}

function fieldsOf(
  given: Exclude<UnitTestRows, { format: 'sql' }>,
  refuse: (reason: string) => never,
): readonly Fields[] {
  return given.format === 'csv' ? csvRows(given.csv, refuse) : given.rows;
}

/** A text is never cut off to the length of its column: the test says what it says. */
export function withoutLength({ name, type }: RelationColumn): RelationColumn {
  return {
    name,
    type: type.replace(/^character varying\(\d+\)/, 'character varying').replace(/^character\(\d+\)/, 'bpchar'),
  };
}

function csvRows(text: string, refuse: (reason: string) => never): readonly Fields[] {
  let records: readonly string[][];
  try {
    records = parse(text, { bom: true, skip_empty_lines: true, trim: false, relax_column_count: false });
  } catch (error) {
    const { code = 'unknown', lines } = error as { code?: string; lines?: number };
    return refuse(`the CSV cannot be read${lines === undefined ? '' : `, at line ${lines}`} (${code})`);
  }
  const [header = [], ...rows] = records;
  // Nothing between two commas is null, as in dbt.
  return rows.map((row) =>
    Object.fromEntries(
      header.map((name, at) => [name.trim(), row[at] === undefined || row[at] === '' ? null : row[at]]),
    ),
  );
}

function valueText(value: unknown, type: string, refuse: (reason: string) => never): string {
  if (value === null || value === undefined) return 'null';
  if (/^jsonb?$/.test(type) && typeof value !== 'string') return literal(JSON.stringify(value));
  if (value instanceof Date) return literal(value.toISOString());
  if (Array.isArray(value)) return arrayText(value, type, refuse);
  switch (typeof value) {
    case 'string':
      if (value.includes('\0')) return refuse('a text cannot hold NUL');
      return literal(value);
    case 'boolean':
    case 'bigint':
      return literal(value);
    case 'number':
      if (!isExact(value)) return refuse('a number of so many digits is put in quotes, or some of them are lost');
      return literal(value);
    default:
      return refuse(`a mapping stands for JSON, and the column is ${type}`);
  }
}

function arrayText(value: readonly unknown[], type: string, refuse: (reason: string) => never): string {
  if (!type.endsWith('[]')) return refuse(`a list stands for an array, and the column is ${type}`);
  const items = value.map((item) => valueText(item, type.slice(0, -2), refuse));
  return `array[${items.join(', ')}]`;
}

/** The loader gives a number as text where a double would print it otherwise than it is written; this is the rest that cannot be. */
function isExact(value: number): boolean {
  return Number.isInteger(value) ? Number.isSafeInteger(value) : Number.isFinite(value);
}

function unknownColumn(name: string, relation: readonly RelationColumn[]): string {
  const names = relation.map((column) => column.name);
  return `no column '${name}'${didYouMean(name, names)}; its columns: ${names.join(', ')}`;
}
