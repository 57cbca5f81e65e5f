/** What stands in a text of MySQL's SQL: its words and signs, without comments, and its texts only as a mark. */
export interface SqlToken {
  readonly kind: 'word' | 'name' | 'text' | 'sign';
  /** Words in lower case, names without their quotes. */
  readonly text: string;
}

/**
 * Why a text cannot be the one SELECT of a source table; null when nothing speaks against it. The server's parser and its READ
 * ONLY transaction are the wall; this names what they let pass: locks, files, waiting, and comments that are run.
 */
export function refuseQueryText(sql: string): string | null {
  const tokens = readSqlTokens(sql);
  if (tokens.some(({ text }) => text === RUN_COMMENT)) return 'a comment in it would be run: /*! ... */';
  const first = tokens.find(({ text }) => text !== '(');
  if (first?.kind !== 'word' || !['select', 'with', 'values', 'table'].includes(first.text)) {
    return 'it does not begin with select or with';
  }
  for (const [at, token] of tokens.entries()) {
    if (token.kind === 'sign' && token.text === ';') return 'it is more than one statement';
    if (token.kind === 'sign' && token.text === '?') return 'it has a parameter: ?';
    if (token.kind !== 'word') continue;
    const next = tokens[at + 1]?.text;
    if (token.text === 'into') return 'it has INTO';
    if (token.text === 'for' && (next === 'update' || next === 'share'))
      return `it locks rows: FOR ${next.toUpperCase()}`;
    if (token.text === 'lock' && next === 'in') return 'it locks rows: LOCK IN SHARE MODE';
    if (next === '(' && REFUSED_FUNCTIONS.has(token.text)) return `it calls ${token.text}`;
  }
  return null;
}

/** A name that may be of a table. */
export interface NameInSql {
  /** Null: of the session's own. */
  readonly schema: string | null;
  readonly name: string;
}

/** Names that may be of tables: what stands after FROM, JOIN, a comma or a bracket. Some will be of columns. */
export function namesInSql(sql: string): readonly NameInSql[] {
  const tokens = readSqlTokens(sql);
  const found = new Map<string, NameInSql>();
  for (const [at, token] of tokens.entries()) {
    if (token.kind !== 'name' && token.kind !== 'word') continue;
    if (!['from', 'join', 'straight_join', ',', '('].includes(tokens[at - 1]?.text ?? '')) continue;
    const isQualified = tokens[at + 1]?.text === '.';
    const name = isQualified ? (tokens[at + 2]?.text ?? '') : token.text;
    const schema = isQualified ? token.text : null;
    found.set(JSON.stringify([schema, name]), { schema, name });
  }
  return [...found.values()];
}

const REFUSED_FUNCTIONS = new Set([
  'sleep',
  'benchmark',
  'load_file',
  'get_lock',
  'release_lock',
  'release_all_locks',
  'master_pos_wait',
  'source_pos_wait',
  'master_gtid_wait',
  'wait_for_executed_gtid_set',
  'wait_until_sql_thread_after_gtids',
  'nextval',
  'setval',
]);

const RUN_COMMENT = '/*!';

const TOKEN =
  /(?:\s+|--(?=\s|$)[^\n]*|#[^\n]*|(?<run>\/\*M?!)|\/\*.*?(?:\*\/|$))|(?<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.|"")*")|`(?<name>(?:[^`]|``)*)`|(?<word>[\p{L}\p{N}_$@]+)|(?<sign>.)/gsu;

function readSqlTokens(sql: string): readonly SqlToken[] {
  return [...sql.matchAll(TOKEN)].flatMap(({ groups = {} }): SqlToken[] => {
    if (groups['run'] !== undefined) return [{ kind: 'sign', text: RUN_COMMENT }];
    if (groups['text'] !== undefined) return [{ kind: 'text', text: "''" }];
    if (groups['name'] !== undefined) return [{ kind: 'name', text: groups['name'].replaceAll('``', '`') }];
    if (groups['word'] !== undefined) return [{ kind: 'word', text: groups['word'].toLowerCase() }];
    return groups['sign'] === undefined ? [] : [{ kind: 'sign', text: groups['sign'] }];
  });
}
