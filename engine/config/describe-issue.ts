import type { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';
import { keyThatHolds, knownKeys } from './known-keys.ts';

type Path = readonly PropertyKey[];

/** One sentence on what is wrong with which key, and the path of the node to point at. */
export function describeIssue(
  issue: z.core.$ZodIssue,
  schema: z.core.$ZodType,
  value: unknown,
): { readonly message: string; readonly path: Path } {
  const { path } = issue;
  const name = path.length === 0 ? 'the file' : formatPath(path);
  const got = path.reduce<unknown>((inner, key) => (isObject(inner) ? Reflect.get(inner, key) : undefined), value);
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? '';
    const where = path.length === 0 ? '' : ` in ${formatPath(path)}`;
    const owner = keyThatHolds(schema, value, path, key);
    const say = owner === undefined ? didYouMean(key, knownKeys(schema, value, path)) : `; it belongs under ${owner}:`;
    return { message: `unknown key '${key}'${where}${say}`, path: [...path, key] };
  }
  if (issue.code === 'invalid_key') {
    return { message: `'${String(path.at(-1))}' cannot be a name: ${issue.issues[0]?.message ?? issue.message}`, path };
  }
  if (got === undefined && path.length > 0) return { message: `${name} is missing`, path };
  return { message: `${name}: ${whatIsWrong(issue, got)}`, path };
}

function formatPath(path: Path): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function whatIsWrong(issue: z.core.$ZodIssue, got: unknown): string {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'never') return issue.message;
      const quote = issue.expected === 'string' && typeof got !== 'object' ? '; put it in quotes' : '';
      return `expected ${nameOfType(issue.expected)}, got ${typeOf(got)}${quote}`;
    }
    case 'invalid_value':
      return notOneOf(issue.values.map(String), got);
    case 'invalid_union':
      if ('options' in issue && Array.isArray(issue.options)) return notOneOf(issue.options.map(String), got);
      return `expected ${issue.errors
        .flat()
        .map((each) => (each.code === 'invalid_type' ? nameOfType(each.expected) : each.message))
        .join(' or ')}`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid')
        ? `must match ${issue.pattern ?? issue.format}`
        : `expected ${issue.message}`;
    case 'too_small':
      if (issue.origin === 'array')
        return `needs at least ${issue.minimum} ${Number(issue.minimum) === 1 ? 'entry' : 'entries'}`;
      return issue.exact ? `must be ${issue.minimum} long` : `must be ${issue.minimum} or more`;
    case 'too_big':
      return issue.exact ? `must be ${issue.maximum} long` : `must be ${issue.maximum} or less`;
    default:
      return issue.message;
  }
}

function notOneOf(words: readonly string[], got: unknown): string {
  const list = words.join(', ');
  const expected = `expected ${words.length === 1 ? list : `one of ${list}`}`;
  if (typeof got === 'number') return `${expected}, got ${got}`;
  if (typeof got !== 'string') return `${expected}, got ${typeOf(got)}`;
  return `'${got}' is not ${words.length === 1 ? list : `one of ${list}`}${didYouMean(got, words)}`;
}

function nameOfType(type: string): string {
  const names: Record<string, string> = {
    string: 'text',
    object: 'keys and values',
    record: 'keys and values',
    array: 'a list',
    int: 'a whole number',
    number: 'a number',
    boolean: 'true or false',
  };
  return names[type] ?? type;
}

function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  const names: Record<string, string> = {
    string: 'text',
    object: 'keys and values',
    number: 'a number',
    boolean: 'true or false',
  };
  return names[typeof value] ?? typeof value;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
