import { identifier } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { PlannedMutant } from './plan-mutants.ts';

/** Plants a fault into the copy and gives how many rows it changed. */
export async function plant({ profile, column, fault, share, roll }: PlannedMutant, session: Session): Promise<bigint> {
  const { table, rows } = profile;
  const from = rows === 0n ? 0n : BigInt(roll) % rows;
  const most = share === 'one' ? '1' : share === 'percent' ? ((rows + 99n) / 100n).toString() : 'all';
  const sql = fault.plant({
    table: profile,
    copy: table.copy,
    column,
    columns: table.columns.map(({ name }) => identifier(name)),
    roll,
    picked: (condition) => `select r.at from ${table.order} as r join ${table.copy} as t on t.ctid = r.at
where ${condition} order by r.n <= ${from}, r.n limit ${most}`,
  });
  return session.execute(sql);
}
