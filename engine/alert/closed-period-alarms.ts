import type { ClosedPeriodChange } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** One alarm for each closed period of a table that this run's pull changed, with count and control totals before and after. */
export async function closedPeriodAlarms(
  run: RunRef,
  session: Session,
): Promise<readonly { readonly subject: string; readonly message: string }[]> {
  const tieOuts = await session.query(
    `select source, table_name, closed_periods from audit.tie_outs where run_id = $1 and tied order by source, table_name`,
    [run.runId],
  );
  return tieOuts.flatMap((row) => {
    const table = `${row['source']}.${row['table_name']}`;
    const changes = JSON.parse(row['closed_periods'] as string) as readonly ClosedPeriodChange[];
    return changes.map((change) => ({
      subject: `closed_period/${table}/${change.period}/r${run.runNo}`,
      message:
        `closed period ${change.period} of ${table} changed: ${change.addedRows} rows added, ${change.removedRows} removed; ` +
        `before ${describe(change.before)}, after ${describe(change.after)}`,
    }));
  });
}

function describe({ rows, totals }: ClosedPeriodChange['before']): string {
  return [`${rows} rows`, ...totals.map(({ column, sum }) => `${column} ${sum ?? 'none'}`)].join(', ');
}
