import type { CrossComparison } from '../check-kinds/check-kind.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { PlannedRun } from './evaluate-checks.ts';

/** Compares a relation of the warehouse with a table of another database and fills the comparison's temporary tables in this session. */
export type CompareElsewhere = (
  comparison: CrossComparison & { readonly relation: string },
  session: Session,
) => Promise<void>;

/** Makes the comparisons with other databases that a check's plans need. Gives why it cannot run; another database that is away is its fault, not the run's. */
export async function compareParts(
  { definition, parts }: PlannedRun,
  compareElsewhere: CompareElsewhere | undefined,
  session: Session,
): Promise<EngineError | undefined> {
  for (const { plan } of parts) {
    if (plan.compares === undefined) continue;
    if (compareElsewhere === undefined) {
      const message = `check ${definition.id}: it compares with a table of ${plan.compares.connection}, and other databases are not opened here`;
      return new EngineError('CHECK_INVALID', message, { place: { file: definition.file, line: definition.line } });
    }
    await session.execute('savepoint check_compare');
    try {
      await compareElsewhere({ ...plan.compares, relation: plan.relation }, session);
      await session.execute('release savepoint check_compare');
    } catch (error) {
      if (!(error instanceof EngineError) || error.code === 'WAREHOUSE_UNREACHABLE') throw error;
      await session.execute('rollback to savepoint check_compare');
      return error;
    }
  }
  return undefined;
}
