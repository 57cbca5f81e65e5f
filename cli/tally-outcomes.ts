/** How many of what was asked for ended how; dbt's counts with NO_DATA and WAIVED, which counts for nothing else. A model that was not selected is not counted. */
export interface Tally {
  readonly pass: number;
  readonly warn: number;
  readonly error: number;
  readonly skip: number;
  readonly noOp: number;
  readonly noData: number;
  readonly waived: number;
}

interface Ended {
  readonly status: string;
  readonly waiver?: object | null;
}

export function tallyOutcomes(
  outcomes: readonly {
    readonly models: readonly Ended[];
    readonly checks: readonly Ended[];
    readonly unitTests: readonly Ended[];
  }[],
): Tally {
  const statuses = outcomes.flatMap(
    ({ models, checks, unitTests }: Readonly<Record<'models' | 'checks' | 'unitTests', readonly Ended[]>>) =>
      [...models, ...checks, ...unitTests].map((ended) => (ended.waiver ? 'waived' : ended.status)),
  );
  const count = (...words: string[]): number => statuses.filter((status) => words.includes(status)).length;
  return {
    pass: count('success', 'pass'),
    warn: count('warn'),
    error: count('error', 'fail'),
    skip: count('skipped'),
    noOp: count('no-op'),
    noData: count('no_data'),
    waived: count('waived'),
  };
}

/** dbt's closing line; WAIVED when there is one. */
export function formatTally({ pass, warn, error, skip, noOp, noData, waived }: Tally): string {
  const total = pass + warn + error + skip + noOp + noData + waived;
  const told = waived > 0 ? ` WAIVED=${waived}` : '';
  return `Done. PASS=${pass} WARN=${warn} ERROR=${error} SKIP=${skip} NO-OP=${noOp} NO_DATA=${noData}${told} TOTAL=${total}`;
}
