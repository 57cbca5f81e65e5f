import { pullAll } from '../../activities/pull-all.ts';
import type { PullAllInput } from '../../activities/pull-all.ts';
import { openSource } from '../../engine/connectors/open-source.ts';
import type { Connection } from '../../engine/contracts/config.ts';
import type { DeclaredSource } from '../../engine/contracts/project.ts';
import type { RunRef } from '../../engine/contracts/run.ts';
import { SourceTable } from '../../engine/contracts/source.ts';
import { recordPull } from '../../engine/land/record-pull.ts';
import type { LandedPull } from '../../engine/land/record-pull.ts';
import type { TestWarehouse } from './test-warehouse.ts';

/** A table of the source system `erp` as sources.yml would declare it. */
export function declareTable(table: Partial<SourceTable> & { readonly name: string }): DeclaredSource {
  return {
    ...SourceTable.parse(table),
    vertical: 'shop',
    source: 'erp',
    connection: 'erp',
    declaredIn: 'sql/shop/sources.yml',
    line: 3,
  };
}

/** Extracts and lands tables of one source and records their pull, as the activity does, without Temporal. */
export async function pullTables(
  input: {
    readonly run: RunRef;
    readonly connection: Connection;
    readonly tables: readonly DeclaredSource[];
    readonly attempt?: number;
    readonly piiKey?: string;
    readonly root?: string;
  } & Partial<Pick<PullAllInput, 'fullRefresh' | 'backfill' | 'cancelled' | 'open'>>,
  { warehouse, evidenceKey }: Pick<TestWarehouse, 'warehouse' | 'evidenceKey'>,
): Promise<readonly LandedPull[]> {
  const { run, connection, tables, attempt = 1, fullRefresh = false, backfill, root = '.' } = input;
  const open = input.open ?? ((signal: AbortSignal) => openSource(connection, { name: 'erp', root, signal }));
  const landed = await pullAll(
    {
      run,
      attempt,
      tables,
      limits: connection.limits,
      fullRefresh,
      backfill,
      cancelled: input.cancelled ?? new AbortController().signal,
      open,
    },
    { warehouse, evidenceKey, piiKey: input.piiKey, toolVersion: 'test', projectHash: '0'.repeat(64) },
  );
  return recordPull({ run, source: tables[0]?.source ?? '', tables: landed }, { warehouse, evidenceKey });
}
