import type { Manifest } from '../contracts/pull.ts';
import type { Session } from './warehouse.ts';

export interface RecordedPull {
  readonly source: string;
  readonly table: string;
  readonly besideTable: string;
  readonly manifest: Manifest;
}

/** The pulls of a run, of one source or of all. */
export async function findPulls(session: Session, runId: string, source?: string): Promise<RecordedPull[]> {
  const rows = await session.query(
    `select source, table_name, beside_table, manifest from audit.pulls
     where run_id = $1 and ($2::text is null or source = $2) order by source, table_name`,
    [runId, source ?? null],
  );
  return rows.map((row) => ({
    source: row['source'] as string,
    table: row['table_name'] as string,
    besideTable: row['beside_table'] as string,
    manifest: JSON.parse(row['manifest'] as string) as Manifest,
  }));
}
