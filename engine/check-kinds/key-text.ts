/**
 * SQL text that names a key by its parts, which are SQL texts themselves: `a/b`. A separator or an escape inside of a part is escaped and
 * a null is `\N`, so that no two keys have one name: ('a/', 'b') is `a\//b`, ('a', '/b') is `a/\/b`. A part alone is itself, and empty
 * when it is null.
 */
export function keyText(parts: readonly string[]): string {
  if (parts.length === 1) return `coalesce((${parts[0]})::text, '')`;
  return parts
    .map((part) => `coalesce(replace(replace((${part})::text, '\\', '\\\\'), '/', '\\/'), '\\N')`)
    .join(` || '/' || `);
}
