import { sqlTokens } from './sql-tokens.ts';
import type { SqlToken } from './sql-tokens.ts';

/** Something in SQL that gives another value whenever it is run; line and column count from 1. */
export interface Unpinned {
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

const WORDS = new Set(['current_timestamp', 'current_date', 'current_time', 'localtime', 'localtimestamp']);
const FUNCTIONS = new Set([
  'now',
  'clock_timestamp',
  'statement_timestamp',
  'transaction_timestamp',
  'timeofday',
  'random',
  'random_normal',
  'gen_random_uuid',
  'uuidv4',
  'uuidv7',
  'uuid_generate_v1',
  'uuid_generate_v4',
  'nextval',
  'txid_current',
  'pg_current_xact_id',
]);
const MOMENTS = /^'\s*(now|today|yesterday|tomorrow)\s*'$/i;
const TIME_TYPES = new Set(['date', 'time', 'timetz', 'timestamp', 'timestamptz']);

/** What compiled SQL reads from the clock or from chance, where it is code: not in a text, a comment or a name. */
export function findUnpinned(sql: string): readonly Unpinned[] {
  // A look at the letters is enough for most SQL.
  if (
    !/now|clock_t|statement_t|transaction_t|timeofday|random|uuid|current_|localtime|nextval|xact|today|yesterday|tomorrow|\bage/i.test(
      sql,
    )
  )
    return [];
  const tokens = sqlTokens(sql);
  return tokens.flatMap((token, index) => {
    const text = unpinnedAt(tokens, index, token);
    return text === undefined ? [] : [{ text, ...positionIn(sql, token.at) }];
  });
}

function unpinnedAt(tokens: readonly SqlToken[], index: number, token: SqlToken): string | undefined {
  if (token.kind === 'text') return isMomentAsTime(tokens, index) ? token.text : undefined;
  if (token.kind !== 'word' || isMember(tokens, index)) return undefined;
  const name = token.text.toLowerCase();
  if (WORDS.has(name)) return token.text;
  if (tokens[index + 1]?.text !== '(') return undefined;
  if (FUNCTIONS.has(name)) return `${token.text}()`;
  // With one argument it counts up to the midnight that began today.
  return name === 'age' && hasOneArgument(tokens, index + 1) ? `${token.text}()` : undefined;
}

/** A name behind a dot is a column or somebody's own function, but for Postgres' own schema. */
function isMember(tokens: readonly SqlToken[], index: number): boolean {
  return tokens[index - 1]?.text === '.' && tokens[index - 2]?.text.toLowerCase() !== 'pg_catalog';
}

function isMomentAsTime(tokens: readonly SqlToken[], index: number): boolean {
  const word = (offset: number): string => tokens[index + offset]?.text.toLowerCase() ?? '';
  if (!MOMENTS.test(tokens[index]?.text ?? '')) return false;
  if (TIME_TYPES.has(word(-1))) return true;
  if (word(-1) === 'zone' && word(-2) === 'time') return true;
  if (word(1) === '::') return TIME_TYPES.has(word(2));
  return word(-1) === '(' && word(-2) === 'cast' && word(1) === 'as' && TIME_TYPES.has(word(2));
}

function hasOneArgument(tokens: readonly SqlToken[], open: number): boolean {
  let depth = 0;
  for (const { text } of tokens.slice(open)) {
    if (text === '(' || text === '[') depth += 1;
    if (text === ')' || text === ']') depth -= 1;
    if (depth === 0) return true;
    if (text === ',' && depth === 1) return false;
  }
  return true;
}

function positionIn(sql: string, at: number): { readonly line: number; readonly column: number } {
  const before = sql.slice(0, at);
  const start = before.lastIndexOf('\n') + 1;
  return { line: before.split('\n').length, column: at - start + 1 };
}
