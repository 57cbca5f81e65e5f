import { z } from 'zod';
import { CheckStatusWord, count, decimal, instant, SliceLine, WaiverLine } from './status.ts';

const VerdictLine = z
  .object({
    runNo: count,
    checkedAt: instant,
    /** Null of a run that came to no decision. */
    decision: z.enum(['published', 'held']).nullable(),
    status: CheckStatusWord,
    blocking: z.boolean(),
    population: count,
    failures: z.string().regex(/^-?\d+$/),
    passes: count.nullable(),
    percentage: decimal.nullable(),
    measure: decimal.nullable(),
    message: z.string().nullable(),
    waiver: WaiverLine.nullable(),
    definitionHash: z.string(),
    changes: z
      .array(z.object({ path: z.string(), from: z.string().nullable(), to: z.string().nullable() }).readonly())
      .readonly(),
    isRedefined: z.boolean(),
  })
  .readonly();
export type VerdictLine = z.output<typeof VerdictLine>;

/** All that the page of a check may show: what it is, and its verdicts in counts. Parsing drops anything else: no row. */
export const CheckDetail = z
  .object({
    checkId: z.string(),
    vertical: z.string(),
    kind: z.string(),
    dimension: z.string(),
    on: z.string(),
    /** As content has it; null in records of before definitions were kept. */
    definition: z.record(z.string(), z.unknown()).nullable(),
    isRemoved: z.boolean(),
    /** The oldest first. */
    verdicts: z.array(VerdictLine).min(1).readonly(),
    /** Of the last verdict. */
    slices: z.array(SliceLine).readonly(),
  })
  .readonly();
export type CheckDetail = z.output<typeof CheckDetail>;

/** Reads a check's page; null when no run ever recorded it. */
export type ReadCheck = (checkId: string) => Promise<CheckDetail | null>;
