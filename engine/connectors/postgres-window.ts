import { EngineError } from '../errors.ts';
import { identifier, literal } from '../sql-text.ts';
import { isCursorType, isFiniteCursor } from './cursor-value.ts';

/** Conditions in SQL that tell a window's rows, with its bounds as literals; null counts as false. */
export interface WindowSql {
  /** Rows of the window. */
  readonly within: string;
  /** Rows whose value has no place in the order: null, infinity and NaN. An incremental window always has them. */
  readonly unplaced: string;
  /** All rows up to the upper bound, and those without a place. */
  readonly upToUpper: string;
}

/** The largest value that a bound can be made of: SQL for one text, null over none. */
export function largestValueSql(column: string, type: string, from: string, serverVersion?: number): string {
  const { value, odd } = cursorSql(column, type, serverVersion);
  const placed = odd.length > 0 ? `${value} not in (${odd.join(', ')})` : `${value} is not null`;
  return `select max(${value})::text as largest from ${from} where ${placed}`;
}

/**
 * The conditions of a window on a column of a landed type, as Postgres 14 and later have them. `infinity` as the upper bound
 * would make every later row a late one, so that bounds are finite, and what is not belongs to every incremental window.
 */
export function windowSql(window: {
  readonly column: string;
  readonly type: string;
  readonly from: string | null;
  /** Null when no row has a place. */
  readonly upper: string | null;
  readonly upperIncluded: boolean;
  readonly withUnplaced: boolean;
  readonly serverVersion?: number;
}): WindowSql {
  const { column, type, from, upper, upperIncluded, withUnplaced } = window;
  for (const bound of [from, upper]) {
    if (bound === null || isFiniteCursor(type, bound)) continue;
    throw new EngineError('EXTRACT_CURSOR_REFUSED', `a bound of the cursor ${column} is not finite`);
  }
  const { value, odd, cast } = cursorSql(column, type, window.serverVersion);
  const name = identifier(column);
  const unplaced = [`${name} is null`, ...(odd.length > 0 ? [`${value} in (${odd.join(', ')})`] : [])].join(' or ');
  const below = (included: boolean): string =>
    upper === null ? 'false' : `${value} ${included ? '<=' : '<'} ${literal(upper)}::${cast}`;
  const placed = [
    ...(from === null ? [] : [`${value} >= ${literal(from)}::${cast}`]),
    below(upperIncluded),
    ...(withUnplaced || odd.length === 0 ? [] : [`${value} not in (${odd.join(', ')})`]),
  ].join(' and ');
  return {
    within: withUnplaced ? `((${placed}) or ${unplaced})` : `(${placed})`,
    unplaced: `(${unplaced})`,
    upToUpper: `(${below(true)} or ${unplaced})`,
  };
}

/** The column as it is compared, what bounds are cast to without losing a digit, and its values without a place. */
function cursorSql(
  column: string,
  type: string,
  serverVersion = 140_000,
): { readonly value: string; readonly cast: string; readonly odd: readonly string[] } {
  const bare = type.replace(/\(\d+(,-?\d+)?\)/, '');
  const name = identifier(column);
  if (isCursorType(type)) {
    if (/^(smallint|integer|bigint)$/.test(bare)) return { value: name, cast: 'bigint', odd: [] };
    if (/^(text|character varying)$/.test(bare)) return { value: `${name} collate "C"`, cast: 'text', odd: [] };
    const odd = bare !== 'numeric' ? ['-infinity', 'infinity'] : serverVersion < 140_000 ? ['NaN'] : NUMERIC_ODD;
    return { value: name, cast: bare, odd: odd.map((each) => `${literal(each)}::${bare}`) };
  }
  throw new EngineError(
    'EXTRACT_CURSOR_REFUSED',
    `a cursor over ${column}, which is ${type}: it takes a column of whole or decimal numbers, dates, times or text`,
  );
}

const NUMERIC_ODD = ['-Infinity', 'Infinity', 'NaN'];
