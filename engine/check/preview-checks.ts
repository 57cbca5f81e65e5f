import type { CheckDefinition, CheckPreview, CheckStatus } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { checkStatement } from './check-statement.ts';
import { explainFault } from './explain-fault.ts';
import { knownColumns } from './known-columns.ts';
import { mayAsk, planAsking, planCheck } from './plan-check.ts';
import type { CheckProject, PlannedCheck } from './plan-check.ts';

/** Runs checks on the live tables for their author: nothing is recorded, nothing is kept, nothing is told to anybody. */
export async function previewChecks(
  input: CheckProject & { readonly selected: readonly CheckDefinition[]; readonly examples: number },
  deps: { readonly warehouse: Warehouse },
): Promise<readonly CheckPreview[]> {
  return deps.warehouse.transaction(async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    const columns = await knownColumns(input.checks, input.compiled, session);
    const previews: CheckPreview[] = [];
    for (const definition of input.selected) {
      previews.push(await preview(definition, { ...input, columns }, session));
    }
    return previews;
  });
}

async function preview(
  definition: CheckDefinition,
  input: CheckProject & { readonly examples: number },
  session: Session,
): Promise<CheckPreview> {
  await session.execute('savepoint preview_start');
  let plan: PlannedCheck | undefined;
  try {
    plan = await planToPreview(definition, input, session);
    const [row] = await session.query(`${checkStatement(plan, definition.settings)},
tickmark_examples as (
select subject_id as "subjectId", reason, amount::text as amount from tickmark_rows order by subject_id, reason limit ${input.examples}
)
select population, failures, status, (select coalesce(jsonb_agg(to_jsonb(tickmark_examples)), '[]') from tickmark_examples) as examples
from tickmark_decided`);
    const status = row?.['status'] as CheckStatus;
    return {
      id: definition.id,
      status,
      population: row?.['population'] ?? '0',
      failures: row?.['failures'] ?? '0',
      message: status === 'no_data' ? 'nothing to look at' : null,
      examples: JSON.parse(row?.['examples'] ?? '[]') as CheckPreview['examples'],
    };
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint preview_start');
    const { message } = await explainFault(error, definition, plan, session);
    return { id: definition.id, status: 'error', population: '0', failures: '0', message, examples: [] };
  } finally {
    await session.execute('rollback to savepoint preview_start');
  }
}

async function planToPreview(
  definition: CheckDefinition,
  input: CheckProject,
  session: Session,
): Promise<PlannedCheck> {
  try {
    return planCheck(definition, input);
  } catch (error) {
    if (error instanceof EngineError && mayAsk(definition)) return planAsking(definition, input, session.query);
    throw error;
  }
}
