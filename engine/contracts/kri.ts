import { z } from 'zod';

const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal, in quotes');

/** A quantity over a model: rows counted, or an aggregate of them. */
const Quantity = z.strictObject({
  model: z.string(),
  where: z.string().optional(),
  /** An aggregate expression that gives one number; rows are counted when it is left out. */
  measure: z.string().default('count(*)'),
});

/** A key risk indicator as `checks/<vertical>/kris.yml` declares it. */
export const KriSpec = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9-]*$/, 'upper case letters, digits and -'),
  title: z.string(),
  description: z.string(),
  owner: z.string(),
  action: z.string().optional(),
  numerator: Quantity,
  /** Left out: the value is the numerator itself. */
  denominator: Quantity.optional(),
  unit: z.enum(['percent', 'count', 'amount']),
  direction: z.enum(['higher_is_worse', 'lower_is_worse']).default('higher_is_worse'),
  /** The reading is amber at this value or beyond it; percent: 0.5 means 0.5 %. */
  amber: decimal,
  /** The reading is red at this value or beyond it. */
  red: decimal,
  /** With a smaller denominator the reading is `no_data`. */
  min_denominator: z.int().min(1).default(1),
});
export type KriSpec = z.output<typeof KriSpec>;

export const KrisFile = z.strictObject({ kris: z.array(KriSpec).min(1) });

export interface KriDefinition extends KriSpec {
  readonly vertical: string;
  readonly file: string;
  readonly line: number;
  readonly definitionHash: string;
}

/** `no_data` and `error` are never green. */
export type Colour = 'green' | 'amber' | 'red' | 'no_data' | 'error';

export interface Reading {
  readonly kriId: string;
  readonly title: string;
  /** Decimal as text with 6 places, in `unit`; null when there is no reading. */
  readonly value: string | null;
  readonly numerator: string | null;
  readonly denominator: string | null;
  readonly unit: KriSpec['unit'];
  readonly colour: Colour;
  readonly amber: string;
  readonly red: string;
  readonly message: string | null;
  /** The models that it read, as a JSON array in text. */
  readonly reads: string;
  readonly definitionHash: string;
  readonly sqlHash: string;
}
