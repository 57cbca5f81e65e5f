import type { LandedColumn } from '../contracts/pull.ts';
import { EngineError } from '../errors.ts';
import { identifier, relation } from '../sql-text.ts';
import { createSchema } from '../warehouse/create-schema.ts';
import { landedTable } from '../warehouse/landed-table.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

export interface LandInput {
  readonly runNo: string;
  readonly attempt: number;
  readonly source: string;
  readonly table: string;
  readonly columns: readonly LandedColumn[];
  /** COPY binary: the columns in order, then the row's hash. */
  readonly rows: AsyncIterable<Buffer>;
}

/**
 * Lands a table's rows in a table of this attempt, beside the live one: all of them or, on any fault, none. Safe to repeat: a
 * new attempt starts from nothing and shares no table with an earlier one that may still be running.
 */
export async function land(
  input: LandInput,
  deps: { readonly warehouse: Warehouse },
): Promise<{ readonly besideTable: string; readonly rows: bigint }> {
  const { schema, besideName, longestName } = landedTable(input.source, input.table);
  const besideTable = besideName(input.runNo, input.attempt);
  if (Buffer.byteLength(besideTable) > 63 || Buffer.byteLength(longestName) > 63) {
    throw new EngineError('LAND_FAILED', `the name ${input.table} is too long for a landed table`);
  }
  const beside = relation(schema, besideTable);
  const columns = input.columns.map(({ name, type }) => `${identifier(name)} ${type}`);
  await createSchema(schema, deps.warehouse);
  const rows = await deps.warehouse.transaction(async (session) => {
    await session.execute(`drop table if exists ${beside}`);
    await session.execute(`create table ${beside} (${[...columns, '_row_hash uuid not null'].join(', ')})`);
    // The first pull of a table becomes its history as it is. Frozen rows are never written again to say that they committed,
    // and nobody sees them before this transaction does.
    return session.copyIn(`copy ${beside} from stdin (format binary, freeze)`, input.rows);
  });
  return { besideTable, rows };
}
