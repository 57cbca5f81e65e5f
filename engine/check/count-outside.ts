import { literal } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** How many violating rows have a subject that is none of these; a row without a subject is outside of all. `rows` is a query with a column subject_id. */
export async function countOutside(rows: string, subjects: readonly string[], session: Session): Promise<bigint> {
  const [row] = await session.query(`select count(*)::text as others
from (
${rows}
) as violations
where (subject_id::text in (${subjects.map((subject) => literal(subject)).join(', ')})) is not true`);
  return BigInt(row?.['others'] as string);
}
