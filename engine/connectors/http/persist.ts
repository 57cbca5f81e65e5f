import { EngineError } from '../../errors.ts';
import { exchange, PassingFault } from './exchange.ts';
import type { Answer, Question } from './exchange.ts';
import { pause } from './within.ts';

export interface Timing {
  /** Waits before a failed request is sent again; as many as there are further attempts. */
  readonly backoffMs: readonly number[];
  /** How often one page may be put off by 429 or by 503 with Retry-After. */
  readonly throttles: number;
  /** The longest that a Retry-After is obeyed at a time. */
  readonly longestWaitMs: number;
}

export const TIMING: Timing = { backoffMs: [500, 1_000, 2_000, 4_000], throttles: 20, longestWaitMs: 300_000 };

/**
 * Asks until there is a whole answer: again after a fault that may pass, later when the server says later, both a bounded
 * number of times. `judge` gives what is made of the answer; a PassingFault that it throws is asked for again, too.
 */
export async function persist<T>(
  question: Question,
  deps: { readonly timing: Timing; readonly pace: () => Promise<void> },
  judge: (answer: Answer) => T,
): Promise<T> {
  const { timing, pace } = deps;
  let failures = 0;
  let throttled = 0;
  for (;;) {
    await pace();
    try {
      const answer = await exchange(question);
      const wait = throttleMs(answer, timing.backoffMs[Math.min(throttled, timing.backoffMs.length - 1)] ?? 0);
      if (wait === undefined) {
        if (answer.status === 408 || answer.status >= 500) throw new PassingFault(`status ${answer.status}`);
        return judge(answer);
      }
      throttled += 1;
      if (throttled > timing.throttles) {
        throw unreachable(question, `the server put it off ${timing.throttles} times (status ${answer.status})`);
      }
      await pause(Math.min(wait, timing.longestWaitMs), question.signals);
    } catch (error) {
      if (!(error instanceof PassingFault)) throw error;
      const backoff = timing.backoffMs[failures];
      failures += 1;
      if (backoff === undefined)
        throw unreachable(question, `no whole answer in ${failures} attempts (${error.reason})`);
      await pause(backoff, question.signals);
    }
  }
}

/** How long the server asks to wait; undefined when it does not ask. */
function throttleMs({ status, headers }: Answer, otherwise: number): number | undefined {
  const told = headers['retry-after']?.trim();
  if (status !== 429 && (status !== 503 || told === undefined)) return undefined;
  if (told !== undefined && /^\d{1,9}$/.test(told)) return Number(told) * 1_000;
  // A date is told by the server's clock, so it is measured by that clock.
  const wait = Date.parse(told ?? '') - Date.parse(headers['date'] ?? '');
  return Number.isFinite(wait) ? Math.max(wait, 0) : otherwise;
}

function unreachable({ called }: Question, reason: string): EngineError {
  return new EngineError('SOURCE_UNREACHABLE', `${called}: ${reason}`);
}
