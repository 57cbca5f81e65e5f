import { z } from 'zod';

const rate = z.string().regex(/^(0(\.\d+)?|1(\.0+)?)$/, 'a decimal from 0 to 1, in quotes');

/** A control as `checks/<vertical>/controls.yml` declares it: what is tested, over which population, and when it holds. */
export const ControlSpec = z.strictObject({
  id: z.string().regex(/^[A-Z][A-Z0-9-]*$/, 'upper case letters, digits and -'),
  title: z.string(),
  objective: z.string(),
  risk: z.string(),
  owner: z.string(),
  frequency: z.enum(['per_transaction', 'daily', 'weekly', 'monthly', 'quarterly', 'annual']),
  population: z.strictObject({ model: z.string(), where: z.string().optional() }),
  /** Check ids; an item of the population that violates any of them is an exception. */
  tests: z.array(z.string()).min(1),
  tolerable_deviation_rate: rate,
  confidence: z
    .string()
    .regex(/^0\.\d*[1-9]\d*$/, 'a decimal between 0 and 1, in quotes')
    .default('0.95'),
});
export type ControlSpec = z.output<typeof ControlSpec>;

export const ControlsFile = z.strictObject({ controls: z.array(ControlSpec).min(1) });

export interface ControlDefinition extends ControlSpec {
  readonly vertical: string;
  readonly file: string;
  readonly line: number;
  readonly definitionHash: string;
}

/** What the machine proposes; the conclusion itself needs a named person. */
export type ProposedConclusion = 'effective' | 'ineffective' | 'no_data' | 'not_tested';

export interface ControlTest {
  readonly controlId: string;
  readonly title: string;
  readonly population: bigint;
  readonly exceptions: bigint;
  /** exceptions / population, a decimal as text with 6 places; null without a population. */
  readonly deviationRate: string | null;
  /** Exact one-sided upper limit (Clopper-Pearson) at `confidence`, rounded up to 6 places. */
  readonly upperLimit: string | null;
  readonly tolerableRate: string;
  readonly confidence: string;
  readonly proposedConclusion: ProposedConclusion;
  /** A sentence that says why, for the workpaper. */
  readonly basis: string;
  /** The model of its population, and the checks whose failing rows are its exceptions, as JSON arrays in text. */
  readonly reads: string;
  readonly tests: string;
  readonly definitionHash: string;
  readonly sqlHash: string;
}
