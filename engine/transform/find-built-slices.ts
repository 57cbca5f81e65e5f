import type { Session } from '../warehouse/warehouse.ts';
import type { BuiltSlice } from './plan-build.ts';

/** Of every model of a vertical the slices that published runs built, by model. */
export async function findBuiltSlices(
  vertical: string,
  session: Session,
): Promise<ReadonlyMap<string, readonly BuiltSlice[]>> {
  const rows = await session.query(
    `select model, ${iso('slice_from')} as "from", ${iso('slice_to')} as "to", definition_hash
     from audit.built_intervals where vertical = $1 order by model, slice_from`,
    [vertical],
  );
  const found = new Map<string, BuiltSlice[]>();
  for (const row of rows) {
    const slices = found.get(row['model'] as string) ?? [];
    slices.push({
      from: row['from'] as string,
      to: row['to'] as string,
      definitionHash: row['definition_hash'] as string,
    });
    found.set(row['model'] as string, slices);
  }
  return found;
}

const iso = (column: string): string => `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
