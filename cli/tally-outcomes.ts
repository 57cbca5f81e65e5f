/** How many of what was asked for ended how; dbt's counts with NO_DATA. A model that was not selected is not counted. */
export interface Tally {
  readonly pass: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly noOp: number;
  readonly noData: number;
}

interface Ended {
  readonly status: string;
}

export function tallyOutcomes(
  outcomes: readonly {
    readonly models: readonly Ended[];
    readonly checks: readonly Ended[];
    readonly unitTests: readonly Ended[];
  }[],
): Tally {
  const statuses = outcomes.flatMap(({ models, checks, unitTests }) =>
    [...models, ...checks, ...unitTests].map(({ status }) => status),
  );
  const count = (...words: string[]): number => statuses.filter((status) => words.includes(status)).length;
  return {
    pass: count('success', 'pass'),
    warn: count('warn'),
    error: count('error', 'fail'),
    skip: count('skipped'),
    noOp: count('no-op'),
    noData: count('no_data'),
  };
}

/** dbt's closing line. */
export function formatTally({ pass, warn, error, skip, noOp, noData }: Tally): string {
  const total = pass + warn + error + skip + noOp + noData;
  return `Done. PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} NO-OP=${noOp} NO_DATA=${noData} TOTAL=${total}`;
}
