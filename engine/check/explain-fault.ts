import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { PlannedCheck } from './plan-check.ts';

/** Why a check could not run, at its place: what the warehouse said, or which of the columns that a check returns its SQL leaves out. */
export async function explainFault(
  error: EngineError,
  definition: CheckDefinition,
  plan: PlannedCheck | undefined,
  session: Session,
): Promise<EngineError> {
  if (error.code !== 'WAREHOUSE_FAILED') return error;
  const place = { file: definition.file, line: definition.line };
  const missing = plan && definition.kind === 'bespoke' ? await missingColumn(plan.violations, session) : undefined;
  if (missing !== undefined)
    return new EngineError('CHECK_INVALID', `check ${definition.id} does not return a column ${missing}`, { place });
  return new EngineError('CHECK_INVALID', `check ${definition.id}: ${error.database?.reason ?? error.message}`, {
    place,
  });
}

async function missingColumn(sql: string, session: Session): Promise<string | undefined> {
  await session.execute('savepoint check_columns');
  try {
    const columns = await session.describe(`select * from (\n${sql}\n) as violations limit 0`);
    return ['subject_id', 'reason'].find((needed) => !columns.some(({ name }) => name === needed));
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    // The SQL itself is wrong; the first message says how.
    return undefined;
  } finally {
    await session.execute('rollback to savepoint check_columns').catch(() => undefined);
  }
}
