import type { Place } from '../errors.ts';
import { isGuarded, partsOf } from './guarded-value.ts';
import type { Guarded } from './guarded-value.ts';
import { createSqlScanner } from './sql-scanner.ts';
import type { SqlRegion } from './sql-scanner.ts';

/** Raises the error for a value that cannot stand where a template wrote it. */
export type Refuse = (message: string, place: Place | undefined) => never;

/**
 * Finished SQL with its guarded values put in: a number or a boolean as SQL, any value inside quotes as what those quotes hold,
 * inside a comment as harmless words. A text in code position is refused: it would become SQL.
 */
export function placeGuarded(
  text: string,
  literalOf: (value: number | bigint | boolean) => string,
  refuse: Refuse,
): string {
  if (!isGuarded(text)) return text;
  const scanner = createSqlScanner();
  let sql = '';
  for (const part of partsOf(text)) {
    const written = typeof part === 'string' ? part : placed(part, scanner.region(), sql, literalOf, refuse);
    // A value stays inside of the region it is put in, so the scanner need only know that something stands here.
    scanner.read(typeof part === 'string' ? part : written === '' ? '' : '0');
    sql += written;
  }
  return sql;
}

function placed(
  value: Guarded,
  region: SqlRegion,
  before: string,
  literalOf: (value: number | bigint | boolean) => string,
  refuse: Refuse,
): string {
  const { text, name } = value;
  if (text.includes('\0')) return refuse(`${name} has a NUL, which no SQL can hold`, value.place);
  switch (region.kind) {
    case 'code':
      return asCode(value, before, literalOf, refuse);
    case 'string':
      if (region.halfway) return refuse(`${name} stands right behind a backslash, which would change it`, value.place);
      return (region.backslash ? text.replaceAll('\\', '\\\\') : text).replaceAll("'", "''");
    case 'identifier':
      return (region.backslash ? text.replaceAll('\\', '\\\\') : text).replaceAll('"', '""');
    case 'dollar':
      // Together with what stands beside it any dollar sign could end the string.
      if (!text.includes('$') && !region.halfway) return text;
      return refuse(`${name} together with a $ could end this $-quoted string`, value.place);
    case 'comment':
      // Never empty: what stands before and behind it must not meet.
      return text.replace(/[^\p{L}\p{N} _.:@]/gu, ' ') || ' ';
    default:
      region satisfies never;
      return '';
  }
}

function asCode(
  value: Guarded,
  before: string,
  literalOf: (value: number | bigint | boolean) => string,
  refuse: Refuse,
): string {
  const { kind, text, name, plain } = value;
  if (kind === 'text')
    return refuse(
      `the text of ${name} would become SQL here; use literal(${name}) or identifier(${name})`,
      value.place,
    );
  const exact = kind === 'number' && /^-?\d+(?:\.\d+)?$/.test(text);
  const sql = exact ? text : literalOf(typeof plain === 'boolean' || typeof plain === 'bigint' ? plain : Number(plain));
  // Two minuses begin a comment.
  return sql.startsWith('-') && before.endsWith('-') ? `(${sql})` : sql;
}
