import type { AppliedWaiver, CheckDefinition, CheckResult, Waiver } from '../contracts/check.ts';

export interface WaiverContext {
  readonly definition: CheckDefinition;
  /** Of the project; those of other checks do not count. */
  readonly waivers: readonly Waiver[];
  /** The moment that the run says it is, ISO 8601 in UTC; without one no waiver holds, because it may be over. */
  readonly runClock: string | undefined;
  /** How many of all violating rows, also those beyond the kept ones, have a subject that is none of these. Only asked of a waiver with subjects. */
  readonly outside: (subjects: readonly string[]) => Promise<bigint>;
}

type Judged = Pick<CheckResult, 'status' | 'blocking' | 'failures' | 'waiver' | 'slices' | 'message'>;

/**
 * A failure under a waiver that holds stays a failure and does not block. Where a waiver does not hold the message says why. What could
 * not run or had nothing to look at is nobody's to waive.
 */
export async function applyWaiver<R extends Judged>(result: R, context: WaiverContext): Promise<R> {
  const { definition, runClock } = context;
  if (result.status !== 'fail' && result.status !== 'warn') return result;
  const own = context.waivers.filter(({ check }) => check === definition.id);
  if (own.length === 0) return result;
  const today = runClock?.slice(0, 10);
  const waiver = own.find((each) => today !== undefined && isInForce(each, today));
  const why =
    waiver === undefined
      ? today === undefined
        ? 'not waived: without a run clock it is not known whether the waiver is over'
        : outOfForce(own, today)
      : await uncovered(waiver, result, context);
  if (waiver === undefined || why !== undefined) {
    return {
      ...result,
      message: [result.message, why].filter((part) => part !== null && part !== undefined).join('; '),
    };
  }
  return { ...result, waiver: asApplied(waiver), blocking: false };
}

/** The waiver that a run of this day stands under, whatever it then finds. */
function isInForce({ approvedOn, expires }: Pick<Waiver, 'approvedOn' | 'expires'>, today: string): boolean {
  return approvedOn <= today && today <= expires;
}

/** Why none of them holds: the one to come when there is one, else the last. */
function outOfForce(waivers: readonly Waiver[], today: string): string {
  const byStart = waivers.toSorted((a, b) => (a.approvedOn < b.approvedOn ? -1 : 1));
  const next = byStart.find(({ approvedOn }) => approvedOn > today);
  const last = byStart.findLast(({ expires }) => expires < today);
  return [
    ...(last === undefined ? [] : [`waiver expired on ${last.expires}`]),
    ...(next === undefined ? [] : [`waiver holds from ${next.approvedOn}`]),
  ].join('; ');
}

async function uncovered(
  { maxFailures, subjects }: Waiver,
  { failures, slices }: Judged,
  { definition, outside }: WaiverContext,
): Promise<string | undefined> {
  const unseen = slices.find(({ status }) => status === 'error' || status === 'no_data');
  if (unseen !== undefined && definition.settings.no_data !== 'tell')
    return `not waived: slice ${unseen.slice} had nothing to look at, and that cannot be waived`;
  if (maxFailures !== null && failures > maxFailures) return `waived for ${maxFailures}, found ${failures}`;
  if (subjects.length === 0) return undefined;
  const others = await outside(subjects);
  if (others === 0n) return undefined;
  return `waived for ${subjects.length} ${subjects.length === 1 ? 'subject' : 'subjects'}, found ${others} ${others === 1n ? 'row' : 'rows'} of others`;
}

function asApplied({ reason, author, approver, approvedOn, expires, hash }: Waiver): AppliedWaiver {
  return { reason, author, approver, approvedOn, expires, hash };
}
