import type { LandedState } from '../contracts/pull.ts';
import { landedTable } from './landed-table.ts';
import type { Session } from './warehouse.ts';

/** What the newest pull that was put in place left standing of a table; null before the first, and when the table is gone. */
export async function findState(session: Session, source: string, table: string): Promise<LandedState | null> {
  const [row] = await session.query(
    `select state from audit.tie_outs where source = $1 and table_name = $2 and tied and to_regclass($3) is not null
     order by run_no desc limit 1`,
    [source, table, landedTable(source, table).history],
  );
  return row?.['state'] ? (JSON.parse(row['state']) as LandedState) : null;
}
