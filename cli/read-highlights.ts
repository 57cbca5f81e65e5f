import pc from 'picocolors';
import type { RunReport } from '../engine/evidence/run-report.ts';
import { relation } from '../engine/sql-text.ts';
import type { Warehouse } from '../engine/warehouse/warehouse.ts';
import { formatNumber } from './format-number.ts';
import { formatTable } from './format-table.ts';

/** A check with more violations than this is only counted. */
const NAMED = 5;

/** For the person at the terminal: the columns of published one-row tables, and the exceptions of checks that found a few. */
export async function readHighlights(report: RunReport, warehouse: Warehouse): Promise<string[]> {
  const lines: string[] = [];
  for (const { name } of report.publishedTables.filter(({ rows }) => rows === '1')) {
    const [row] = await warehouse.query(`select * from ${relation('published', name)}`);
    const cells = Object.entries(row ?? {}).map(([column, value]) => [column, formatNumber(value ?? 'none')]);
    lines.push('', pc.bold(`published.${name}`), ...formatTable(cells).map((line) => `  ${line}`));
  }
  const few = report.checks.filter(
    ({ status, failures }) => status !== 'pass' && Number(failures) > 0 && Number(failures) <= NAMED,
  );
  if (few.length > 0)
    lines.push('', pc.bold(`Exceptions of checks with at most ${NAMED}; all are in published.findings`));
  for (const { id } of few) {
    const rows = await warehouse.query(
      'select subject_id, amount::text, reason from audit.failing_rows where run_id = $1 and check_id = $2 order by row_no',
      [report.runId, id],
    );
    lines.push(`  ${id}`);
    for (const row of rows) {
      const amount = row['amount'] ? `  ${formatNumber(row['amount'])}` : '';
      lines.push(`    ${row['subject_id']}${amount}  ${pc.dim(row['reason'] ?? '')}`);
    }
  }
  return lines;
}
