import { visit } from 'yaml';
import type { Node, Scalar } from 'yaml';

/** What dbt's YAML (1.1) takes for a truth value and today's YAML (1.2) for a text. */
const OLD: Readonly<Record<string, boolean>> = { yes: true, on: true, no: false, off: false };

/** The truth value that an unquoted scalar is in dbt; undefined when it is none. */
export function oldBoolean(node: Scalar): boolean | undefined {
  const { type, value } = node;
  if (type !== 'PLAIN' || typeof value !== 'string' || !/^([a-z]+|[A-Z][a-z]*|[A-Z]+)$/.test(value)) return undefined;
  const word = value.toLowerCase();
  return Object.hasOwn(OLD, word) ? OLD[word] : undefined;
}

/** Calls `tell` for each value below a node that is written yes, no, on or off without quotes. */
export function findOldBooleans(node: Node, tell: (node: Scalar, value: boolean) => void): void {
  visit(node as never, {
    Scalar: (key, scalar) => {
      if (key === 'key') return;
      const value = oldBoolean(scalar);
      if (value !== undefined) tell(scalar, value);
    },
  });
}
