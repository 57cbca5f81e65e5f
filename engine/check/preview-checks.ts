import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition, CheckPreview } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { findViolations } from './find-violations.ts';
import type { Violations } from './find-violations.ts';
import { planCheck } from './plan-check.ts';

/** Runs checks on the live tables for their author: nothing is recorded, nothing is kept, nothing is told to anybody. */
export async function previewChecks(
  input: {
    readonly selected: readonly CheckDefinition[];
    readonly checks: readonly CheckDefinition[];
    readonly sources: readonly DeclaredSource[];
    readonly compiled: CompiledProject;
    readonly examples: number;
  },
  deps: { readonly warehouse: Warehouse },
): Promise<readonly CheckPreview[]> {
  return deps.warehouse.transaction(async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    const previews: CheckPreview[] = [];
    for (const definition of input.selected) {
      await session.execute('savepoint preview_start');
      let found: Violations;
      let examples: CheckPreview['examples'] = [];
      try {
        found = await findViolations(definition, planCheck(definition, input), session);
        const rows = await session.query(
          `select subject_id::text, reason::text, amount::text from pg_temp.violations order by 1, 2 limit ${input.examples}`,
        );
        examples = rows.map((row) => ({
          subjectId: row['subject_id'] ?? null,
          reason: row['reason'] ?? null,
          amount: row['amount'] ?? null,
        }));
      } catch (error) {
        if (!(error instanceof EngineError) || error.retryable) throw error;
        found = { status: 'error', population: 0n, failures: 0n, message: error.message };
      }
      await session.execute('rollback to savepoint preview_start');
      const { status, population, failures, message } = found;
      previews.push({
        id: definition.id,
        status,
        population: population.toString(),
        failures: failures.toString(),
        message,
        examples,
      });
    }
    return previews;
  });
}
