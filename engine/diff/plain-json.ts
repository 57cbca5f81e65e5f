import { plainDecimal } from './plain-decimal.ts';

/**
 * A JSON value in one text: members in the order of their names, numbers as decimals and never as floats, no blanks. Of a member
 * that stands twice the last counts, as in Postgres and MySQL. What is no JSON stays as it is.
 */
export function plainJson(text: string): string {
  try {
    const value: unknown = JSON.parse(text, (_, each: unknown, context?: { source?: string }) =>
      typeof each === 'number' ? new ExactNumber(context?.source ?? String(each)) : each,
    );
    return print(value);
  } catch {
    return text;
  }
}

class ExactNumber {
  readonly text: string;
  constructor(source: string) {
    this.text = plainDecimal(source);
  }
}

function print(value: unknown): string {
  if (value instanceof ExactNumber) return value.text;
  if (Array.isArray(value)) return `[${value.map(print).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${print(member)}`).join(',')}}`;
}
