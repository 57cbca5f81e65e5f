import { hash } from 'node:crypto';
import canonicalize from 'canonicalize';

/** SHA-256 of a definition in canonical JSON (RFC 8785), hex: the order of keys and the place in the file do not count. */
export function hashDefinition(definition: object): string {
  return hash('sha256', canonicalize(definition) ?? '');
}
