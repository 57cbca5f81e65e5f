import type { CheckSettings, CheckStatus } from '../contracts/check.ts';

/** What a check found, in numbers. */
export interface Findings {
  /** Rows looked at. */
  readonly population: bigint;
  /** The number that thresholds without a percent sign compare. */
  readonly failures: bigint;
  /** The number of which a share of the population is taken; `failures` when left out. */
  readonly violations?: bigint;
  /** Rows looked at without a violation; null where a violation is not a row. */
  readonly passes?: bigint | null;
}

export interface Verdict {
  readonly status: Exclude<CheckStatus, 'error' | 'skipped'>;
  /** Of `no_data`: why there is no verdict. */
  readonly message: string | null;
  /** Violations in percent of the population, as decimal text; null when nothing was looked at. */
  readonly percentage: string | null;
}

/**
 * What a check concludes. Nothing to look at, or less than it must, is `no_data`, never a pass. Thresholds ask in dbt's order: with
 * severity error `error_if`, then `warn_if`; with severity warn only the latter. Shares are compared exactly: `> 1 %` does not hold at
 * 1 in 100, and of a population of 0 every violation is over any share.
 */
export function judge(
  found: Findings,
  settings: Pick<CheckSettings, 'severity' | 'warn_if' | 'error_if' | 'min_population'>,
  emptyMeans = 'nothing to look at',
): Verdict {
  const { population, failures } = found;
  const { severity, min_population: least } = settings;
  const percentage = percentageOf(found.violations ?? failures, population);
  const noData = (message: string): Verdict => ({ status: 'no_data', message, percentage });
  // Violations over an empty population are still violations: a minimum row count finds just that.
  if (population === 0n && failures === 0n) return noData(emptyMeans);
  if (least !== undefined && population < BigInt(least)) {
    const rows = population === 1n ? '1 row' : `${population} rows`;
    return noData(`${rows} looked at, fewer than min_population ${least}`);
  }
  if (severity === 'error' && holds(settings.error_if, found)) return { status: 'fail', message: null, percentage };
  if (holds(settings.warn_if, found)) return { status: 'warn', message: null, percentage };
  if (population === 0n) return noData(emptyMeans);
  return { status: 'pass', message: null, percentage };
}

/** The worst verdict of several: a failure counts more than a fault, and that more than nothing to look at. */
export function worstOf<S extends CheckStatus>(statuses: readonly S[]): S | undefined {
  return statuses.toSorted((a, b) => FROM_WORST.indexOf(a) - FROM_WORST.indexOf(b))[0];
}

const FROM_WORST: readonly CheckStatus[] = ['fail', 'error', 'skipped', 'no_data', 'warn', 'pass'];

/**
 * A part of a whole in percent, rounded to six decimals; null of nothing. What is not 0 is never shown as 0, and what is not all never
 * as 100.
 */
export function percentageOf(part: bigint, whole: bigint): string | null {
  if (whole === 0n) return null;
  const [units, of] = [part * 100n * MILLION, whole];
  const rounded = (2n * units + of) / (2n * of);
  const least = part > 0n && rounded === 0n ? 1n : rounded;
  const shown = part < whole && least >= 100n * MILLION ? 100n * MILLION - 1n : least;
  const decimals = (shown % MILLION).toString().replace('-', '').padStart(6, '0').replace(/0+$/, '');
  return `${shown / MILLION}${decimals === '' ? '' : `.${decimals}`}`;
}

const MILLION = 1_000_000n;

/** Whether a threshold, as CheckSettings has checked it, holds. */
function holds(threshold: string, found: Findings): boolean {
  const { population, failures, violations = failures, passes = null } = found;
  const { of, operator, numbers, isShare } = parse(threshold);
  if (of === 'passes' && passes === null)
    throw new RangeError('a threshold over passes where a violation is not a row');
  if (isShare && population === 0n) return failures > 0n;
  const amount = of === 'passes' ? (passes ?? 0n) : isShare ? violations : failures;
  // amount / population against number / 100, without a division.
  const signs = numbers.map(({ digits, scale }) => {
    const [left, right] = isShare ? [amount * 100n * scale, digits * population] : [amount * scale, digits];
    return left < right ? -1 : left > right ? 1 : 0;
  });
  const [first = 0, second = 0] = signs;
  switch (operator) {
    case '>':
      return first > 0;
    case '>=':
      return first >= 0;
    case '=':
      return first === 0;
    case '!=':
    case '<>':
      return first !== 0;
    case '<':
      return first < 0;
    case '<=':
      return first <= 0;
    case 'between':
      return first >= 0 && second <= 0;
    default:
      return operator satisfies never;
  }
}

type Operator = '>' | '>=' | '=' | '!=' | '<>' | '<' | '<=' | 'between';

interface Threshold {
  readonly of: 'failures' | 'passes';
  readonly operator: Operator;
  readonly numbers: readonly { readonly digits: bigint; readonly scale: bigint }[];
  readonly isShare: boolean;
}

const parsed = new Map<string, Threshold>();

function parse(text: string): Threshold {
  const known = parsed.get(text);
  if (known !== undefined) return known;
  const words = text.trim().toLowerCase();
  const operator = /between|>=|<=|<>|!=|>|<|=/.exec(words)?.[0] as Operator;
  const threshold: Threshold = {
    of: words.startsWith('passes') ? 'passes' : 'failures',
    operator,
    numbers: (words.match(/-?\d+(?:\.\d+)?/g) ?? []).map((number) => {
      const [whole = '', decimals = ''] = number.split('.');
      return { digits: BigInt(`${whole}${decimals}`), scale: 10n ** BigInt(decimals.length) };
    }),
    isShare: words.endsWith('%'),
  };
  parsed.set(text, threshold);
  return threshold;
}
