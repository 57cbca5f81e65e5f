/** A value of the bench's own, as SQL and as YAML take it. */
export function text(value: string): string {
  return `'${value}'`;
}

export function sqlName(schema: string, table: string): string {
  return `${schema}.${table}`;
}
