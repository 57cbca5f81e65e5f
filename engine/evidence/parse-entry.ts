/**
 * An entry's body that is a list; empty when it is none. A body that somebody changed is named by the chain; whoever reads it
 * must still get to the end.
 */
export function parseList<T>(body: string | null | undefined): readonly T[] {
  const value = parse(body);
  return Array.isArray(value) ? (value as T[]) : [];
}

/** An entry's body that is an object with a list under `field`; undefined when it is none. */
export function parseWithList<T extends object>(
  body: string | null | undefined,
  field: keyof T & string,
): T | undefined {
  const value = parse(body);
  return typeof value === 'object' && value !== null && Array.isArray((value as Record<string, unknown>)[field])
    ? (value as T)
    : undefined;
}

function parse(body: string | null | undefined): unknown {
  try {
    return JSON.parse(body ?? '');
  } catch {
    return undefined;
  }
}
