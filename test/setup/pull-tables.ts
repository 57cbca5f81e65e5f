import type { OpenSource } from '../../engine/connectors/connector.ts';
import type { DeclaredSource } from '../../engine/contracts/project.ts';
import type { RunRef } from '../../engine/contracts/run.ts';
import { SourceTable } from '../../engine/contracts/source.ts';
import { extract } from '../../engine/extract/extract.ts';
import { land } from '../../engine/land/land.ts';
import { recordPull } from '../../engine/land/record-pull.ts';
import type { LandedPull } from '../../engine/land/record-pull.ts';
import type { Warehouse } from '../../engine/warehouse/warehouse.ts';

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

/** Extracts and lands tables of one open source and records their pull, as the activity does, without Temporal. */
export async function pullTables(
  input: {
    readonly run: RunRef;
    readonly open: OpenSource;
    readonly tables: readonly DeclaredSource[];
    readonly attempt?: number;
  },
  warehouse: Warehouse,
): Promise<readonly LandedPull[]> {
  const { run, open, attempt = 1 } = input;
  const landed: LandedPull[] = [];
  for (const table of input.tables) {
    const extraction = extract(table, await open.read(table));
    const { columns, rows } = extraction;
    const landing = { runNo: run.runNo, attempt, source: table.source, table: table.name, columns, rows };
    const { besideTable, rows: copied } = await land(landing, { warehouse });
    const manifest = extraction.manifest({ rows: copied, at: '2026-01-01T00:00:00.000000Z' });
    landed.push({ table: table.name, besideTable, manifest });
  }
  return recordPull({ run, source: input.tables[0]?.source ?? '', tables: landed }, { warehouse });
}
