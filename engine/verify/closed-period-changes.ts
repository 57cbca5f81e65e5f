import type { ClosedPeriod } from '../contracts/config.ts';
import type { ClosedPeriodChange, ControlTotal, Manifest } from '../contracts/pull.ts';
import type { RunRef } from '../contracts/run.ts';
import { identifier, literal } from '../sql-text.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Session } from '../warehouse/warehouse.ts';

/**
 * What this pull changed in each closed period, with count and control totals before and after. A row belongs to a period by its
 * period column as printed (UTC): the first eight characters without hyphens, so that dates, times and numbers such as 20070131
 * all compare.
 */
export async function closedPeriodChanges(
  input: { readonly run: RunRef; readonly manifest: Manifest; readonly periods: readonly ClosedPeriod[] },
  session: Session,
): Promise<readonly ClosedPeriodChange[]> {
  const { manifest, periods } = input;
  if (manifest.period === null) return [];
  const { history } = landedTable(manifest.source, manifest.table);
  const runNo = BigInt(input.run.runNo);
  const day = `left(replace(h.${identifier(manifest.period)}::text, '-', ''), 8)`;
  const sides = [
    ['before', `(h._to_run is null or h._to_run = ${runNo}) and h._from_run < ${runNo}`],
    ['after', 'h._to_run is null'],
  ] as const;
  const figures = sides.flatMap(([side, where]) => [
    `(count(*) filter (where ${where}))::text as ${side}_rows`,
    ...manifest.sourceTotals.map(
      ({ column }, at) => `(sum(h.${identifier(column)}::numeric) filter (where ${where}))::text as ${side}_${at}`,
    ),
  ]);
  const changes: ClosedPeriodChange[] = [];
  for (const period of periods) {
    const [from, to] = [period.from, period.to].map((date) => literal(date.replaceAll('-', '')));
    const [row] = await session.query(
      `select (count(*) filter (where h._from_run = ${runNo}))::text as added,
              (count(*) filter (where h._to_run = ${runNo}))::text as removed, ${figures.join(', ')}
       from ${history} h where (h._to_run is null or h._to_run = ${runNo}) and ${day} between ${from} and ${to}`,
    );
    const [added, removed] = [row?.['added'] ?? '0', row?.['removed'] ?? '0'];
    if (added === '0' && removed === '0') continue;
    const figuresOf = (side: string): { readonly rows: string; readonly totals: readonly ControlTotal[] } => ({
      rows: row?.[`${side}_rows`] ?? '0',
      totals: manifest.sourceTotals.map(({ column }, at) => ({ column, sum: row?.[`${side}_${at}`] ?? null })),
    });
    changes.push({
      period: period.name,
      before: figuresOf('before'),
      after: figuresOf('after'),
      addedRows: added,
      removedRows: removed,
    });
  }
  return changes;
}
