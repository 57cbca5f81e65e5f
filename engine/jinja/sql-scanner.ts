/**
 * What a place in SQL text is part of. In a string or an identifier with `backslash`, a backslash begins an escape. `halfway`: what
 * comes next could be taken for a part of what stands before: the character behind a backslash, the tag between two dollar signs.
 */
export type SqlRegion =
  | { readonly kind: 'code' }
  | { readonly kind: 'string'; readonly backslash: boolean; readonly halfway: boolean }
  | { readonly kind: 'identifier'; readonly backslash: boolean }
  | { readonly kind: 'dollar'; readonly halfway: boolean }
  | { readonly kind: 'comment' };

export interface SqlScanner {
  /** Goes on reading where the last text ended. */
  readonly read: (text: string) => void;
  /** What the place after all that was read is part of. */
  readonly region: () => SqlRegion;
}

/** A dollar sign that closes a string is no part of a name, so `a$b$` has no tag; a tag is at most 63 bytes. */
const TAG = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u;

type State =
  | { readonly in: 'code' }
  | { readonly in: 'line' }
  | { readonly in: 'block'; readonly depth: number }
  | { readonly in: 'single'; readonly escapes: 'none' | 'backslash' | 'unicode' }
  | { readonly in: 'double'; readonly unicode: boolean }
  | { readonly in: 'dollar'; readonly tag: string; readonly since: string };

/**
 * Follows Postgres' lexical structure (documentation, chapter 4.1) with standard_conforming_strings on: '...', E'...', U&'...',
 * "...", $tag$...$tag$, -- to the line's end and nested block comments. A string with escapes goes on in the next one when only
 * blanks with a line end stand between.
 */
export function createSqlScanner(): SqlScanner {
  let state: State = { in: 'code' };
  /** A text ended with a backslash that escapes what comes next. */
  let escaping = false;
  /** The last characters of code, by which prefixes such as E and the beginnings of names are known. */
  let behind = '';
  /** The escapes of the string that just ended, while only what may stand between its parts was read. */
  let ended: { readonly escapes: 'backslash' | 'unicode'; readonly between: string } | undefined;

  const step = (text: string, at: number): number => {
    const char = text.charAt(at);
    const two = text.slice(at, at + 2);
    switch (state.in) {
      case 'code':
        return code(text, at);
      case 'line':
        if (char === '\n' || char === '\r') leave(char);
        return at + 1;
      case 'block':
        if (two === '/*') state = { in: 'block', depth: state.depth + 1 };
        else if (two === '*/') {
          if (state.depth === 1) leave(' ');
          else state = { in: 'block', depth: state.depth - 1 };
        } else return at + 1;
        return at + 2;
      case 'single': {
        if (char === '\\' && state.escapes === 'backslash') return at + 2;
        if (char !== "'") return at + 1;
        if (two === "''") return at + 2;
        const { escapes } = state;
        state = { in: 'code' };
        behind = "'";
        ended = escapes === 'none' ? undefined : { escapes, between: '' };
        return at + 1;
      }
      case 'double':
        if (two === '""') return at + 2;
        if (char === '"') {
          state = { in: 'code' };
          behind = '"';
        }
        return at + 1;
      case 'dollar': {
        const { tag, since } = state;
        const ends = text.startsWith(tag, at);
        state = ends ? { in: 'code' } : { in: 'dollar', tag, since: `${since}${char}`.slice(-70) };
        if (ends) behind = '';
        return at + (ends ? tag.length : 1);
      }
      default:
        state satisfies never;
        return at + 1;
    }
  };

  const leave = (blank: string): void => {
    state = { in: 'code' };
    behind = ' ';
    if (ended) ended = { ...ended, between: ended.between + blank };
  };

  const code = (text: string, at: number): number => {
    const char = text.charAt(at);
    const two = text.slice(at, at + 2);
    if (two === '--') {
      state = { in: 'line' };
      return at + 2;
    }
    if (two === '/*') {
      state = { in: 'block', depth: 1 };
      ended = undefined;
      return at + 2;
    }
    if (char === "'") {
      const goesOn = ended !== undefined && /[\n\r]/.test(ended.between) ? ended.escapes : undefined;
      state = { in: 'single', escapes: goesOn ?? escapesAfter(behind) };
      ended = undefined;
      return at + 1;
    }
    if (char === '"') {
      state = { in: 'double', unicode: escapesAfter(behind) === 'unicode' };
      ended = undefined;
      return at + 1;
    }
    const tag = char === '$' && !/[\p{L}\p{N}_$]$/u.test(behind) ? TAG.exec(text.slice(at, at + 66)) : null;
    if (tag) {
      state = { in: 'dollar', tag: tag[0], since: '' };
      ended = undefined;
      return at + tag[0].length;
    }
    if (/\s/.test(char)) {
      if (ended) ended = { ...ended, between: ended.between + char };
    } else ended = undefined;
    behind = (behind + char).slice(-3);
    return at + 1;
  };

  return {
    read: (text) => {
      let at = escaping && text !== '' ? 1 : 0;
      while (at < text.length) at = step(text, at);
      escaping = at > text.length || (escaping && text === '');
    },
    region: () => {
      switch (state.in) {
        case 'code':
          return { kind: 'code' };
        case 'line':
        case 'block':
          return { kind: 'comment' };
        case 'single':
          return { kind: 'string', backslash: state.escapes !== 'none', halfway: escaping };
        case 'double':
          return { kind: 'identifier', backslash: state.unicode };
        case 'dollar':
          return { kind: 'dollar', halfway: /\$[\p{L}\p{N}_]*$/u.test(state.since) };
        default:
          state satisfies never;
          return { kind: 'code' };
      }
    },
  };
}

/** What the letters right before a quote make of it: E'...', U&'...'; in `some'...'` the e is part of a name. */
function escapesAfter(behind: string): 'none' | 'backslash' | 'unicode' {
  if (/(?:^|[^\p{L}\p{N}_$])e$/iu.test(behind)) return 'backslash';
  return /(?:^|[^\p{L}\p{N}_$])u&$/iu.test(behind) ? 'unicode' : 'none';
}
