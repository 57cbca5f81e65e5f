import canonicalize from 'canonicalize';
import type { EvidenceKey } from './evidence-key.ts';

/** A statement with the signature over its canonical JSON (RFC 8785). */
export type Signed<T extends object> = T & { readonly signature: string };

export function signed<T extends object>(statement: T, key: EvidenceKey): Signed<T> {
  return { ...statement, signature: key.sign(canonicalize(statement) as string) };
}

/** Whether the statement is word for word what the holder of the key signed. */
export function signatureHolds(statement: object & { readonly signature?: string }, key: EvidenceKey): boolean {
  const { signature, ...rest } = statement;
  return typeof signature === 'string' && key.holds(canonicalize(rest) as string, signature);
}
