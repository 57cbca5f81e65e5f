import { z } from 'zod';

const day = (what: string) => z.iso.date(`${what}: a date as 2026-01-31`);
const person = z.string().trim().regex(/\S/, 'the name of a person');

/** A waiver as `checks/<vertical>/waivers.yml` declares it: which failure somebody decided to live with, why, and until when. */
export const WaiverSpec = z.strictObject({
  /** The id of the check. */
  check: z.string(),
  /** What an auditor reads: why the failure is known and harmless, or what is being done about it. */
  reason: z
    .string()
    .trim()
    .regex(/^[\s\S]{10,}$/, 'a reason of at least 10 characters'),
  /** Who asks for it. */
  author: person,
  /** Who decided; somebody else than the author. */
  approver: person,
  /** The first day it holds, in UTC. */
  approved_on: day('the day it was approved'),
  /** The last day it holds, in UTC; at most a year after approved_on. */
  expires: day('the last day it holds'),
  /** It covers no more violations than this. */
  max_failures: z.int().min(1).optional(),
  /** It covers these subjects only. */
  subjects: z
    .array(z.union([z.string(), z.number()]))
    .min(1)
    .optional(),
});
export type WaiverSpec = z.output<typeof WaiverSpec>;

export const WaiversFile = z.strictObject({ waivers: z.array(WaiverSpec).min(1) });
