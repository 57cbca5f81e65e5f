const ESCAPE = /\\(?:\r\n|([0-7]{1,3})|x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([\s\S]))/gi;
const NAMED: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** What a string between its quotes means, as in Python: a backslash before any other character stays, so `'\d'` is a pattern. */
export function unescapeString(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(
    ESCAPE,
    (whole: string, octal?: string, byte?: string, short?: string, long?: string, char?: string): string => {
      if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
      const hex = byte ?? short ?? long;
      // The letter's case matters: \x, \u and \U are escapes, \X is not.
      const letter = whole.charAt(1);
      if (hex !== undefined && (letter === 'x' || letter === 'u' || letter === 'U')) return codePoint(hex, whole);
      return char === undefined ? (hex === undefined ? '' : whole) : (NAMED[char] ?? whole);
    },
  );
}

function codePoint(hex: string, whole: string): string {
  const code = Number.parseInt(hex, 16);
  return code > 0x10_ffff ? whole : String.fromCodePoint(code);
}
