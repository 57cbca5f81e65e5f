const SPECIAL = /[\\\n\r\t]/g;
const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

/** A row of texts in Postgres' COPY text format, with its line end; null is \N. */
export function encodeCopyRow(values: readonly (string | null)[]): string {
  return `${values.map((value) => (value === null ? '\\N' : escape(value))).join('\t')}\n`;
}

function escape(value: string): string {
  return value.replaceAll(SPECIAL, (character) => ESCAPES[character] as string);
}
