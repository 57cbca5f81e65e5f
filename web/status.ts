import { z } from 'zod';

/** A decimal as text: counts and amounts are never floats. */
export const decimal = z.string().regex(/^-?\d+(\.\d+)?$/, 'a decimal as text');
export const count = z.string().regex(/^\d+$/, 'a whole number as text');
export const instant = z.iso.datetime({ offset: true });
const durationMs = z.number().min(0);

const Published = z
  .object({
    runNo: count,
    publishedAt: instant,
    state: z.enum(['fresh', 'stale']),
    staleSince: instant.nullable(),
    /** Why the newest run is not the published one: a sentence without row values. */
    reason: z.string().nullable(),
  })
  .readonly();

const LastRun = z
  .object({
    runNo: count,
    status: z.enum(['running', 'succeeded', 'failed', 'held']),
    startedAt: instant,
    finishedAt: instant.nullable(),
    durationMs: durationMs.nullable(),
  })
  .readonly();

const StepLine = z
  .object({
    step: z.string(),
    subject: z.string().nullable(),
    status: z.enum(['running', 'done', 'failed']),
    durationMs: durationMs.nullable(),
    figures: z.record(z.string(), z.string()).readonly(),
  })
  .readonly();

/** What a failure stands under: somebody decided to live with it for a time. */
export const WaiverLine = z
  .object({
    reason: z.string(),
    author: z.string(),
    approver: z.string(),
    approvedOn: z.iso.date(),
    expires: z.iso.date(),
  })
  .readonly();

export const SliceLine = z
  .object({
    slice: z.string(),
    status: z.enum(['pass', 'warn', 'fail', 'no_data']),
    population: count,
    failures: count,
  })
  .readonly();

export const CheckStatusWord = z.enum(['pass', 'warn', 'fail', 'error', 'no_data', 'skipped']);

const CheckLine = z
  .object({
    id: z.string(),
    kind: z.string(),
    dimension: z.enum(['completeness', 'accuracy', 'validity', 'uniqueness', 'consistency', 'timeliness']),
    on: z.string(),
    status: CheckStatusWord,
    blocking: z.boolean(),
    population: count,
    failures: count,
    /** Share of the population that violates it, in percent. */
    percentage: decimal.nullable(),
    /** Why it came to this, where the figures do not say it; no row value. */
    message: z.string().nullable(),
    waiver: WaiverLine.nullable(),
    slices: z.array(SliceLine).readonly(),
  })
  .readonly();

const KriLine = z
  .object({
    id: z.string(),
    title: z.string(),
    /** In `unit`; null when there is no reading. */
    value: decimal.nullable(),
    unit: z.enum(['percent', 'count', 'amount']),
    numerator: decimal.nullable(),
    denominator: decimal.nullable(),
    colour: z.enum(['green', 'amber', 'red', 'no_data', 'error']),
  })
  .readonly();

const ControlLine = z
  .object({
    id: z.string(),
    title: z.string(),
    population: count,
    exceptions: count,
    /** Both rates are fractions from 0 to 1; null without a population. */
    deviationRate: decimal.nullable(),
    upperLimit: decimal.nullable(),
    proposedConclusion: z.enum(['effective', 'ineffective', 'no_data', 'not_tested']),
  })
  .readonly();

const AlertLine = z
  .object({ incident: z.string(), opened: instant, status: z.string(), sentAt: instant.nullable() })
  .readonly();

const PullLine = z
  .object({
    source: z.string(),
    table: z.string(),
    batchId: z.string(),
    rows: count,
    /** Null while it is not verified. */
    tied: z.boolean().nullable(),
    added: count,
    removed: count,
    changed: count,
    totals: z.array(z.object({ column: z.string(), sum: decimal.nullable() }).readonly()).readonly(),
  })
  .readonly();

const VerticalStatus = z
  .object({
    name: z.string(),
    /** Null before the first publication. */
    published: Published.nullable(),
    /** Null before the first run. */
    lastRun: LastRun.nullable(),
    steps: z.array(StepLine).readonly(),
    checks: z.array(CheckLine).readonly(),
    kris: z.array(KriLine).readonly(),
    controls: z.array(ControlLine).readonly(),
    alerts: z.array(AlertLine).readonly(),
    publishedTables: z.array(z.object({ name: z.string(), rows: count }).readonly()).readonly(),
    pulls: z.array(PullLine).readonly(),
  })
  .readonly();

/** All that the status page may show: counts, totals and words of the project, and no row. Parsing drops anything else. */
export const Status = z
  .object({
    project: z.string(),
    verticals: z.array(VerticalStatus).readonly(),
    ledger: z.object({ entries: count, head: z.string().nullable() }).readonly(),
  })
  .readonly();

export type Status = z.output<typeof Status>;
export type VerticalStatus = z.output<typeof VerticalStatus>;

/** Reads the status of the whole project; it throws when the warehouse cannot be read. */
export type ReadStatus = () => Promise<Status>;
