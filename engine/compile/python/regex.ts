import { guardedTextIn, tainted } from '../../jinja/guarded.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { nameArguments } from '../words/arguments.ts';
import { plain } from '../words/plain.ts';
import { text as written } from './text.ts';

/** What `re.match` and its like find. */
export interface Match {
  readonly group: (...which: unknown[]) => unknown;
  readonly groups: () => readonly (string | null)[];
  readonly groupdict: () => Readonly<Record<string, string | null>>;
  readonly start: () => number;
  readonly end: () => number;
  readonly span: () => readonly [number, number];
}

const IGNORECASE = 2;
const MULTILINE = 8;
const DOTALL = 16;

/** `modules.re`: Python's patterns as JavaScript's. */
export const regexModule = {
  IGNORECASE,
  I: IGNORECASE,
  MULTILINE,
  M: MULTILINE,
  DOTALL,
  S: DOTALL,
  match: (...given: unknown[]) => {
    const { pattern, string, flags } = nameArguments('re.match', ['pattern', 'string', 'flags'], given);
    return find(anchored(pattern, flags, '^(?:', ')'), string);
  },
  fullmatch: (...given: unknown[]) => {
    const { pattern, string, flags } = nameArguments('re.fullmatch', ['pattern', 'string', 'flags'], given);
    return find(anchored(pattern, flags, '^(?:', ')$'), string);
  },
  search: (...given: unknown[]) => {
    const { pattern, string, flags } = nameArguments('re.search', ['pattern', 'string', 'flags'], given);
    return find(toRegExp(pattern, flags), string);
  },
  findall: (...given: unknown[]) => {
    const { pattern, string, flags } = nameArguments('re.findall', ['pattern', 'string', 'flags'], given);
    return [...said(string).matchAll(toRegExp(pattern, flags))].map(([whole, ...groups]) =>
      groups.length === 0 ? whole : groups.length === 1 ? (groups[0] ?? '') : groups.map((each) => each ?? ''),
    );
  },
  finditer: (...given: unknown[]) => {
    const { pattern, string, flags } = nameArguments('re.finditer', ['pattern', 'string', 'flags'], given);
    return [...said(string).matchAll(toRegExp(pattern, flags))].map((found) => toMatch(found, string));
  },
  sub: (...given: unknown[]) => {
    const takes = ['pattern', 'repl', 'string', 'count', 'flags'];
    const { pattern, repl, string, count = 0, flags } = nameArguments('re.sub', takes, given);
    return substitute(toRegExp(pattern, flags), repl, said(string), Number(plain(count)));
  },
  split: (...given: unknown[]) => {
    const takes = ['pattern', 'string', 'maxsplit', 'flags'];
    const { pattern, string, maxsplit = 0, flags } = nameArguments('re.split', takes, given);
    return splitBy(toRegExp(pattern, flags), said(string), Number(plain(maxsplit)));
  },
  escape: (text: unknown) => said(text).replaceAll(/[-()[\]{}?*+|^$\\.&~# \t\n\r\v\f]/g, String.raw`\$&`),
  compile: (...given: unknown[]) => {
    const { pattern, flags } = nameArguments('re.compile', ['pattern', 'flags'], given);
    const named = { pattern, flags, __keywords: true };
    return {
      pattern,
      match: (string: unknown) => regexModule.match({ ...named, string }),
      fullmatch: (string: unknown) => regexModule.fullmatch({ ...named, string }),
      search: (string: unknown) => regexModule.search({ ...named, string }),
      findall: (string: unknown) => regexModule.findall({ ...named, string }),
      finditer: (string: unknown) => regexModule.finditer({ ...named, string }),
      sub: (repl: unknown, string: unknown, count: unknown = 0) => regexModule.sub({ ...named, repl, string, count }),
      split: (string: unknown, maxsplit: unknown = 0) => regexModule.split({ ...named, string, maxsplit }),
    };
  },
};

function anchored(pattern: unknown, flags: unknown, before: string, after: string): RegExp {
  const { source, letters } = translate(pattern, flags);
  return build(before + source + after, letters.replace('m', ''));
}

function toRegExp(pattern: unknown, flags: unknown): RegExp {
  const { source, letters } = translate(pattern, flags);
  return build(source, letters);
}

/** Python's own spellings in JavaScript's. */
function translate(pattern: unknown, flags: unknown): { readonly source: string; readonly letters: string } {
  const bits = Number(plain(flags ?? 0));
  let letters = `g${bits & IGNORECASE ? 'i' : ''}${bits & MULTILINE ? 'm' : ''}${bits & DOTALL ? 's' : ''}`;
  const source = said(pattern)
    .replace(/^\(\?([ims]+)\)/, (_, inline: string) => {
      letters += inline
        .split('')
        .filter((letter) => !letters.includes(letter))
        .join('');
      return '';
    })
    .replaceAll('(?P<', '(?<')
    .replaceAll(/\(\?P=(\w+)\)/g, String.raw`\k<$1>`)
    .replaceAll(String.raw`\A`, '(?<![\\s\\S])')
    .replaceAll(String.raw`\Z`, '(?![\\s\\S])');
  return { source, letters };
}

function build(source: string, letters: string): RegExp {
  try {
    return new RegExp(source, letters);
  } catch {
    throw wordFailure('COMPILE_TEMPLATE', 're: the pattern cannot be read');
  }
}

function find(regExp: RegExp, string: unknown): Match | null {
  const found = regExp.exec(said(string));
  return found === null ? null : toMatch(found, string);
}

/** What is found in a guarded text is as foreign as the text. */
function toMatch(found: RegExpExecArray | RegExpMatchArray, string: unknown): Match {
  const from = guardedTextIn([string]);
  const foreign = (part: string | null | undefined): string | null =>
    from === undefined ? (part ?? null) : (tainted(part ?? null, from) as string | null);
  const start = found.index ?? 0;
  const one = (which: unknown): string | null =>
    foreign(typeof which === 'number' ? found[which] : found.groups?.[said(which)]);
  return {
    group: (...which) =>
      which.length === 0 ? one(0) : which.length === 1 ? one(plain(which[0])) : which.map(plain).map(one),
    groups: () => found.slice(1).map(foreign),
    groupdict: () =>
      Object.fromEntries(Object.entries(found.groups ?? {}).map(([name, part]) => [name, foreign(part)])),
    start: () => start,
    end: () => start + found[0].length,
    span: () => [start, start + found[0].length],
    ...Object.fromEntries(found.map((part, index) => [index, foreign(part)])),
  };
}

function substitute(regExp: RegExp, by: unknown, text: string, count: number): string {
  let done = 0;
  return text.replace(regExp, (...found: unknown[]) => {
    const whole = String(found[0]);
    if (count > 0 && done >= count) return whole;
    done += 1;
    const groups = (typeof found.at(-1) === 'object' ? found.at(-1) : {}) as Record<string, string | undefined>;
    if (typeof by === 'function') {
      const match = new RegExp(regExp.source, regExp.flags.replace('g', '')).exec(whole);
      return said((by as (match: Match) => unknown)(toMatch(match ?? ([whole] as unknown as RegExpExecArray), whole)));
    }
    return said(by).replaceAll(
      /\\(?:g<(\w+)>|(\d{1,2})|(\\)|n)/g,
      (form, name?: string, number?: string, slash?: string) => {
        if (slash !== undefined) return '\\';
        const key = name ?? number;
        if (key === undefined) return form === String.raw`\n` ? '\n' : form;
        return /^\d+$/.test(key) ? written(found[Number(key)]) : (groups[key] ?? '');
      },
    );
  });
}

function splitBy(regExp: RegExp, text: string, most: number): string[] {
  const parts: string[] = [];
  let from = 0;
  let splits = 0;
  for (const match of text.matchAll(regExp)) {
    if (most > 0 && splits >= most) break;
    parts.push(text.slice(from, match.index), ...match.slice(1).map((each) => each ?? ''));
    from = match.index + match[0].length;
    splits += 1;
  }
  return [...parts, text.slice(from)];
}

/** A text as it is searched: without the guard, which is put on what is found. */
function said(value: unknown): string {
  return written(plain(value));
}
