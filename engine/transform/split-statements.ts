import { sqlTokens } from '../compile/sql-tokens.ts';

/**
 * The statements of a hook, as dbt takes them: any number, between semicolons. The warehouse takes one at a time. A semicolon within
 * parentheses (`create rule ... do (a; b)`) parts nothing, and a text with a body of `begin atomic` is left whole.
 */
export function splitStatements(sql: string): readonly string[] {
  const tokens = sqlTokens(sql);
  const words = tokens.map(({ kind, text }) => (kind === 'word' ? text.toLowerCase() : ''));
  if (words.some((word, at) => word === 'begin' && words[at + 1] === 'atomic')) return [sql];
  const statements: string[] = [];
  let depth = 0;
  let from = 0;
  let empty = true;
  const end = (to: number): void => {
    if (!empty) statements.push(sql.slice(from, to).trim());
    empty = true;
  };
  for (const { kind, text, at } of tokens) {
    if (kind === 'sign' && text === '(') depth += 1;
    if (kind === 'sign' && text === ')') depth -= 1;
    if (kind === 'sign' && text === ';' && depth === 0) {
      end(at);
      from = at + 1;
    } else empty = false;
  }
  end(sql.length);
  return statements;
}
