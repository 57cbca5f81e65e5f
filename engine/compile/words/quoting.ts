import { Guarded } from '../../jinja/guarded-value.ts';
import { Float } from '../../jinja/python/float.ts';
import { wordFailure } from '../../jinja/word-failure.ts';
import { identifier, literal } from '../../sql-text.ts';
import { plain } from './plain.ts';

const DECIMAL = /^-?\d+(\.\d+)?$/;

type Value = string | number | bigint | boolean | null;

/** `literal` and `identifier`: the two ways of a value into SQL. */
export const quotingWords = {
  literal: (value: unknown): string => asSql('literal', value, (plainValue) => literal(plainValue)),
  identifier: (name: unknown): string => asSql('identifier', name, (plainName) => identifier(String(plainName))),
};

function asSql(word: string, value: unknown, quote: (value: Value) => string): string {
  // A decimal stays as it was given, digit by digit.
  if (word === 'literal' && value instanceof Guarded && value.kind === 'number' && DECIMAL.test(value.text))
    return value.text;
  if (word === 'literal' && value instanceof Float) return String(value);
  const given = plain(value);
  if (!isValue(given)) throw wordFailure('COMPILE_TEMPLATE', `${word} takes one text, number, boolean or none`);
  try {
    return quote(given);
  } catch (error) {
    if (error instanceof RangeError) throw wordFailure('COMPILE_TEMPLATE', error.message);
    throw error;
  }
}

function isValue(value: unknown): value is Value {
  return value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}
