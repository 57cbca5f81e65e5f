/** A SQL file's header and SQL. Each keeps its place: what was cut away is blank, so lines and columns stay as in the file. */
export interface SplitFile {
  /** The YAML between the opening slash-star `---` and its close; undefined when the file does not begin with one. */
  readonly header: string | undefined;
  readonly body: string;
}

const HEADER = /^(\/\*[ \t]*---[ \t]*\r?\n)([\s\S]*?)(^[ \t]*---[ \t]*\*\/)/m;

/** Parts a SQL file's header, which must be the very first thing in it, from its SQL. */
export function splitHeader(text: string): SplitFile {
  const match = HEADER.exec(text);
  if (!match || match.index !== 0) return { header: undefined, body: text };
  const [whole, open = '', yaml = ''] = match;
  return { header: blank(open) + yaml, body: blank(whole) + text.slice(whole.length) };
}

function blank(text: string): string {
  return text.replaceAll(/[^\r\n]/g, ' ');
}
