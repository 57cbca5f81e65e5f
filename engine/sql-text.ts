/** A name as SQL: quoted, so that no name can become anything else. The only place that quotes names. */
export function identifier(name: string): string {
  if (name === '' || name.includes('\0')) throw new RangeError('a SQL name cannot be empty or hold NUL');
  return `"${name.replaceAll('"', '""')}"`;
}

/** `"schema"."name"`. */
export function relation(schema: string, name: string): string {
  return `${identifier(schema)}.${identifier(name)}`;
}

/** A value as SQL: text in quotes, numbers and booleans plain, null as null. The only place that quotes values. */
export function literal(value: string | number | bigint | boolean | null): string {
  if (value === null) return 'null';
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new RangeError('a SQL number is finite');
    return String(value);
  }
  if (value.includes('\0')) throw new RangeError('a SQL text cannot hold NUL');
  // A backslash is only special in an E'' string; standard_conforming_strings has been on by default since Postgres 9.1.
  return `'${value.replaceAll("'", "''")}'`;
}
