const CALLS = /\b(ref|source)\s*\(\s*(["'])([^"']+)\2\s*(?:,\s*(["'])([^"']+)\4)?/g;

/** The models and landed tables (`source.table`) that templates name with ref() and source(), read from their text. */
export function findReferences(texts: Iterable<string>): string[] {
  const found = new Set<string>();
  for (const text of texts) {
    for (const [, word, , first = '', , second] of text.matchAll(CALLS)) {
      if (word === 'source' && second !== undefined) found.add(`${first}.${second}`);
      // With two names the first is a package.
      if (word === 'ref') found.add(second ?? first);
    }
  }
  return [...found];
}

/** Every text in a value, however deep. */
export function* textsIn(value: unknown): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) yield* textsIn(inner);
}
