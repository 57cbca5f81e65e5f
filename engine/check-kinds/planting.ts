import type { KnownColumn, PlantingGround } from './check-kind.ts';

/** SQL that is true of one row of a table, always the same one. */
export function oneRow(relation: string): string {
  return `ctid = (select min(ctid) from ${relation})`;
}

/** Sets a column of one row. */
export function setOne(relation: string, column: string, value: string): string {
  return `update ${relation} set ${column} = ${value} where ${oneRow(relation)}`;
}

/** Adds rows of the table to it once more. */
export function doubleRows(relation: string, which: string): string {
  return `insert into ${relation} select * from ${relation} where ${which}`;
}

/** The type of the check's column, as Postgres prints it. */
export function typeOf<A>({ column, columns }: Pick<PlantingGround<A>, 'column' | 'columns'>): string {
  return columns.find(({ name }) => `"${name.replaceAll('"', '""')}"` === column)?.type ?? 'text';
}

/** A value that real data has nowhere, of a type. */
export function strangeValue(type: string): string {
  if (isNumber({ type })) return '-98765';
  if (isTime({ type })) return `'0001-01-01'`;
  return `'planted fault'`;
}

/** A step that a value of a type can be moved by. */
export function stepOf(type: string): string {
  return type.startsWith('timestamp') ? `interval '1 day'` : '1';
}

export function isNumber({ type }: Pick<KnownColumn, 'type'>): boolean {
  return /^(numeric|integer|bigint|smallint|real|double precision)/.test(type);
}

function isTime({ type }: Pick<KnownColumn, 'type'>): boolean {
  return /^(date|timestamp)/.test(type);
}
