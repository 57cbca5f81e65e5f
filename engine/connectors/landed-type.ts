/** Built-in types whose text form is exact and the same on any server, so that they land as they are. */
const EXACT = new Set([
  'smallint',
  'integer',
  'bigint',
  'numeric',
  'real',
  'double precision',
  'boolean',
  'text',
  'character varying',
  'character',
  'bpchar',
  'date',
  'time without time zone',
  'time with time zone',
  'timestamp without time zone',
  'timestamp with time zone',
  'interval',
  'uuid',
  'bytea',
  'json',
  'jsonb',
  'inet',
  'cidr',
  'macaddr',
  'bit',
  'bit varying',
]);

/**
 * The type a Postgres column lands as: its own when that is exact, else `text` by a cast in the extraction query (enums,
 * domains, composites, money, geometric and extension types), so that a value is never changed on the way.
 */
export function landedType(formatted: string, typeSchema: string): { readonly type: string; readonly cast: boolean } {
  const bare = formatted
    .replace(/\(\d+(,-?\d+)?\)/, '')
    .replace(/(\[\])+$/, '')
    .trim();
  return typeSchema === 'pg_catalog' && EXACT.has(bare)
    ? { type: formatted, cast: false }
    : { type: 'text', cast: true };
}
