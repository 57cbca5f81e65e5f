import { z } from 'zod';

/** Another relation: its name as text. `ref('x')` and `source('s', 't')` are read into names before. */
export const relationName = z
  .string()
  .regex(/^[A-Za-z0-9_]+(\.[A-Za-z0-9_]+)?$/, "a model, source.table, ref('model') or source('source', 'table')");

/** Columns or expressions over them. */
export const columns = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

/** A number as YAML has it or as text, exact. */
export const decimal = z
  .union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal number')])
  .transform((value) => String(value));

export const value = z.union([z.string(), z.number(), z.boolean()]);

/** The parts of time that an interval can be of. */
export const datepart = z.enum([
  'microsecond',
  'millisecond',
  'second',
  'minute',
  'hour',
  'day',
  'week',
  'month',
  'quarter',
  'year',
]);
