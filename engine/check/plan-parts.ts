import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { findSlices } from './find-slices.ts';
import { mayAsk, planAsking, planCheck } from './plan-check.ts';
import type { CheckProject, PlannedCheck } from './plan-check.ts';
import type { Slice } from './slice.ts';
import type { CheckPart } from './violations-statement.ts';

/** What a check runs: one plan, or one for each slice. Asks the warehouse where the slices, or the check's template, do. */
export async function planParts(
  definition: CheckDefinition,
  project: CheckProject,
  session: Session,
): Promise<readonly CheckPart[]> {
  if (definition.settings.slices === undefined)
    return [{ plan: await plan(definition, project, undefined, session), slice: undefined }];
  const parts: CheckPart[] = [];
  for (const slice of await findSlices(definition, project, session))
    parts.push({ plan: await plan(definition, project, slice, session), slice });
  return parts;
}

/** The same, or why there is none; the session stays usable. */
export async function tryPlanParts(
  definition: CheckDefinition,
  project: CheckProject,
  session: Session,
): Promise<readonly CheckPart[] | EngineError> {
  const asks = mayAsk(definition) || definition.settings.slices !== undefined;
  if (asks) await session.execute('savepoint check_plan');
  try {
    return await planParts(definition, project, session);
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    if (asks) await session.execute('rollback to savepoint check_plan');
    return error;
  } finally {
    if (asks) await session.execute('release savepoint check_plan').catch(() => undefined);
  }
}

async function plan(
  definition: CheckDefinition,
  project: CheckProject,
  slice: Slice | undefined,
  session: Session,
): Promise<PlannedCheck> {
  try {
    return planCheck(definition, project, slice);
  } catch (error) {
    // Rendered without answers it failed; when it fails with them too, that is the fault.
    if (error instanceof EngineError && !error.retryable && mayAsk(definition))
      return planAsking(definition, project, session.query, slice);
    throw error;
  }
}
