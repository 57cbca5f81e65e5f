const ALIASES: Readonly<Record<string, string>> = {
  int: 'integer',
  int4: 'integer',
  int8: 'bigint',
  int2: 'smallint',
  bool: 'boolean',
  dec: 'numeric',
  decimal: 'numeric',
  float: 'double precision',
  float8: 'double precision',
  double: 'double precision',
  float4: 'real',
  string: 'text',
  varchar: 'character varying',
  char: 'character',
  bpchar: 'character',
  datetime: 'timestamp',
};

/** A type as people write it in the words of Postgres' `format_type`, and whether it says a length: `timestamptz` is `timestamp with time zone`, `decimal(18, 2)` is `numeric(18,2)`. */
export function postgresType(written: string): { readonly type: string; readonly hasLength: boolean } {
  const text = written.trim().toLowerCase().replaceAll(/\s+/g, ' ');
  const match = /^([a-z][a-z0-9_ ]*?) ?(?:\(([0-9, -]+)\))?( with(?:out)? time zone)?((?:\[\])*)$/.exec(text);
  if (!match) return { type: written.trim(), hasLength: false };
  const [, word = '', length, zone, arrays = ''] = match;
  const withZone = word === 'timestamptz' || word === 'timetz';
  const name = withZone ? word.slice(0, -2) : (ALIASES[word] ?? word);
  const hasZone = name === 'timestamp' || name === 'time';
  const suffix = hasZone ? (withZone ? ' with time zone' : (zone ?? ' without time zone')) : '';
  const precision = length === undefined ? '' : `(${length.replaceAll(' ', '')})`;
  // `numeric(18)` is numeric(18,0), as Postgres prints it.
  const exact = name === 'numeric' && /^\(\d+\)$/.test(precision) ? `${precision.slice(0, -1)},0)` : precision;
  // More dimensions than one are the same type to Postgres.
  return { type: `${name}${exact}${suffix}${arrays === '' ? '' : '[]'}`, hasLength: length !== undefined };
}
