import type { Variable, VariableValue } from '../contracts/config.ts';

type VariableType = Variable['type'];

/** What a value of each type looks like, for messages. */
export const VARIABLE_FORMS: Readonly<Record<VariableType, string>> = {
  text: 'one line of text without quotes, \\ $ ; { }, -- or /*, with no - at an end',
  integer: 'a whole number',
  decimal: 'a decimal such as 0.05, in quotes when it has more than 15 digits',
  boolean: 'true or false',
  date: 'a date that exists, as YYYY-MM-DD',
  time: 'a time of day, as HH:MM or HH:MM:SS',
  list: 'a list, each one line of text without quotes, \\ $ ; { }, -- or /*, with no - at an end',
};

/** A variable's value as templates get it, or undefined when it is not of the type. No value that passes can end a literal or begin a comment; a text may be words, so templates get it guarded (engine/jinja/guarded.ts): it reaches SQL as a literal, a name or part of a text, never as code. */
export function parseVariable(type: 'list', value: VariableValue): readonly string[] | undefined;
export function parseVariable(type: Exclude<VariableType, 'list'>, value: VariableValue): string | boolean | undefined;
export function parseVariable(
  type: VariableType,
  value: VariableValue,
): string | boolean | readonly string[] | undefined;
export function parseVariable(
  type: VariableType,
  value: VariableValue,
): string | boolean | readonly string[] | undefined {
  if (type === 'list') return parseList(value);
  if (type === 'boolean') {
    if (typeof value === 'boolean') return value;
    return value === 'true' ? true : value === 'false' ? false : undefined;
  }
  const text = toText(value);
  return text !== undefined && isOfType(type, text) ? text : undefined;
}

function parseList(value: VariableValue): readonly string[] | undefined {
  if (typeof value !== 'object') return undefined;
  const texts = value.map(toText).filter((text) => text !== undefined && isOfType('text', text));
  return texts.length === value.length ? texts.filter((text) => text !== undefined) : undefined;
}

function isOfType(type: Exclude<VariableType, 'boolean' | 'list'>, text: string): boolean {
  switch (type) {
    case 'text':
      return /^(?!-)(?!.*(?:--|\/\*|\*\/))[^\p{C}\p{Zl}\p{Zp}'"`\\$;{}]*$/u.test(text) && !text.endsWith('-');
    case 'integer':
      return /^-?\d+$/.test(text);
    case 'decimal':
      return /^-?\d+(\.\d+)?$/.test(text);
    case 'date':
      return isDate(text);
    case 'time':
      return /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(text);
    default:
      return type satisfies never;
  }
}

/** A number only as long as a double holds all its digits: YAML has already rounded a longer one. */
function toText(value: VariableValue): string | undefined {
  if (typeof value === 'boolean' || typeof value === 'object') return undefined;
  if (typeof value === 'string') return value;
  const text = String(value);
  return text.replace(/^-?0*\.?0*/, '').replace('.', '').length > 15 ? undefined : text;
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match || match[1] === '0000') return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
