/** A piece of SQL that is neither space nor comment. */
export interface SqlToken {
  readonly kind: 'word' | 'text' | 'quoted' | 'number' | 'sign';
  /** As written; a text with its quotes. */
  readonly text: string;
  /** Where it begins, in characters from 0. */
  readonly at: number;
}

const SPACE_OR_LINE_COMMENT = /(?:\s+|--[^\n]*)*/y;
const TOKEN =
  /(?<text>[eE]'(?:[^'\\]|\\[\s\S]|'')*'?|(?:[bBxXnN]|[uU]&)?'(?:[^']|'')*'?|\$(?<tag>[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?\$[\s\S]*?(?:\$\k<tag>\$|$))|(?<quoted>(?:[uU]&)?"(?:[^"]|"")*"?)|(?<word>[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(?<number>\d[\w.]*|\.\d[\w]*)|(?<sign>::|[\s\S])/y;

/** SQL's pieces in order, by Postgres' rules for quotes and comments; what is not closed ends with the text. */
export function sqlTokens(sql: string): readonly SqlToken[] {
  const tokens: SqlToken[] = [];
  let at = 0;
  for (;;) {
    at = skip(sql, at);
    if (at >= sql.length) return tokens;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(sql);
    if (match === null) return tokens;
    const { text, quoted, word, number } = match.groups ?? {};
    const kind =
      text !== undefined
        ? 'text'
        : quoted !== undefined
          ? 'quoted'
          : word !== undefined
            ? 'word'
            : number !== undefined
              ? 'number'
              : 'sign';
    tokens.push({ kind, text: match[0], at });
    at += match[0].length;
  }
}

/** Where the next token begins: spaces and comments are passed over, also comments in comments. */
export function skip(sql: string, from: number): number {
  let at = from;
  for (;;) {
    SPACE_OR_LINE_COMMENT.lastIndex = at;
    at += SPACE_OR_LINE_COMMENT.exec(sql)?.[0].length ?? 0;
    if (!sql.startsWith('/*', at)) return at;
    at = endOfComment(sql, at);
  }
}

function endOfComment(sql: string, from: number): number {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = from;
  for (let match = mark.exec(sql); match !== null; match = mark.exec(sql)) {
    depth += match[0] === '/*' ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return sql.length;
}
