/** What `ref('model')` or `source('source', 'table')`, written as text in YAML, refers to. */
export type Reference =
  | { readonly kind: 'ref'; readonly name: string; readonly package: string | undefined }
  | { readonly kind: 'source'; readonly name: string };

const CALL =
  /^\s*(?:\{\{-?)?\s*(ref|source)\s*\(\s*(["'])([^"']+)\2\s*(?:,\s*(["'])([^"']+)\4\s*)?\)\s*(?:-?\}\})?\s*$/;

/** The model's name, or `source.table`; undefined when the text is no such call. */
export function parseReference(text: string): Reference | undefined {
  const match = CALL.exec(text);
  if (!match) return undefined;
  const [, word, , first = '', , second] = match;
  if (word === 'source') return second === undefined ? undefined : { kind: 'source', name: `${first}.${second}` };
  return second === undefined
    ? { kind: 'ref', name: first, package: undefined }
    : { kind: 'ref', name: second, package: first };
}
