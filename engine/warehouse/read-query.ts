import { EngineError } from '../errors.ts';
import type { Row, Warehouse } from './warehouse.ts';

/**
 * Runs one query that somebody wrote, and can only read: as a subquery, so that it is a single select, in a read-only transaction
 * with a time limit. Values come as text.
 */
export async function readQuery(sql: string, limit: number, warehouse: Warehouse): Promise<Row[]> {
  try {
    return await warehouse.transaction(
      async (session) => {
        await session.execute(`set local statement_timeout = '60s'`);
        // The line ends keep a trailing comment from swallowing the bracket.
        return session.query(`select * from (\n${sql.trim().replace(/;$/, '')}\n) as query limit $1`, [String(limit)]);
      },
      { readOnly: true },
    );
  } catch (error) {
    if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
    const reason = error.database?.reason ?? error.message;
    throw new EngineError('QUERY_FAILED', reason);
  }
}
