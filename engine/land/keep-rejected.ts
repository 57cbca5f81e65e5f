import type { RejectedRow } from '../connectors/connector.ts';
import { createSchema } from '../warehouse/create-schema.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface RejectedRows {
  readonly reject: (row: RejectedRow) => Promise<void>;
  /** Writes what is still held back. */
  readonly flush: () => Promise<void>;
  readonly rows: () => bigint;
}

const BATCH = 500;

/**
 * Keeps rows that do not fit in `<table>__rejected`, each with its place and reason, under the run and attempt that met them:
 * also when the pull then fails, so that somebody can look at them.
 */
export function keepRejected(
  input: { readonly runNo: string; readonly attempt: number; readonly source: string; readonly table: string },
  deps: { readonly warehouse: Warehouse },
): RejectedRows {
  const { schema, rejected } = landedTable(input.source, input.table);
  let count = 0n;
  let held: RejectedRow[] = [];
  let prepared = false;

  const flush = async (): Promise<void> => {
    if (held.length === 0) return;
    const batch = held;
    held = [];
    if (!prepared) {
      await createSchema(schema, deps.warehouse);
      await deps.warehouse.execute(
        `create table if not exists ${rejected} (_run_no bigint not null, _attempt integer not null, at text not null, reason text not null, row_as_json text not null)`,
      );
      await deps.warehouse.execute(`delete from ${rejected} where _run_no = $1 and _attempt = $2`, [
        input.runNo,
        String(input.attempt),
      ]);
      prepared = true;
    }
    await deps.warehouse.execute(
      `insert into ${rejected} select $1, $2, r.at, r.reason, r.row
       from jsonb_to_recordset($3::jsonb) as r (at text, reason text, "row" text)`,
      [input.runNo, String(input.attempt), JSON.stringify(batch)],
    );
  };

  return {
    reject: async (row) => {
      count += 1n;
      held.push(row);
      if (held.length >= BATCH) await flush();
    },
    flush,
    rows: () => count,
  };
}
