import { literal } from '../sql-text.ts';

/** Date parts of a file's name with Postgres' words for them. */
const PARTS: Readonly<Record<string, string>> = {
  yyyy: 'YYYY',
  yy: 'YY',
  MM: 'MM',
  dd: 'DD',
  ww: 'IW',
  iyyy: 'IYYY',
  HH: 'HH24',
};

/** The names that files of a period have, `sales_{yyyy}-{MM}-{dd}_*.csv`. */
export interface FileNames {
  /** A part in braces that is none. */
  readonly unknown: string | undefined;
  readonly hasDate: boolean;
  /** SQL text: the name as people read it, of the period that begins at an SQL timestamp. */
  readonly called: (period: string) => string;
  /** SQL text: a regular expression that names of its files match. */
  readonly fitting: (period: string) => string;
}

export function fileNames(pattern: string): FileNames {
  const pieces = pattern.split(/(\{[A-Za-z]+\})/).filter((piece) => piece !== '');
  const parts = pieces.flatMap((piece) => /^\{([A-Za-z]+)\}$/.exec(piece)?.[1] ?? []);
  const written = (period: string, text: (piece: string) => string): string =>
    pieces
      .map((piece) => {
        const form = PARTS[piece.slice(1, -1)];
        return piece.startsWith('{') && form !== undefined
          ? `to_char(${period}, ${literal(form)})`
          : literal(text(piece));
      })
      .join(' || ');
  return {
    unknown: parts.find((part) => PARTS[part] === undefined),
    hasDate: parts.length > 0,
    called: (period) => written(period, (piece) => piece),
    fitting: (period) => `${literal(pattern.includes('/') ? '^' : '(^|/)')} || ${written(period, asExpression)} || '$'`,
  };
}

function asExpression(text: string): string {
  return Array.from(text, (sign) =>
    sign === '*' ? '[^/]*' : sign === '?' ? '[^/]' : /[\\^$.+()[\]{}|]/.test(sign) ? `\\${sign}` : sign,
  ).join('');
}
