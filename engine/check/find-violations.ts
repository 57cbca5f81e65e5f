import type { CheckDefinition, CheckStatus } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { CheckPlan } from './check-plan.ts';
import { decideStatus } from './decide-status.ts';

export interface Violations {
  readonly status: CheckStatus;
  readonly population: bigint;
  readonly failures: bigint;
  readonly message: string | null;
}

/**
 * Looks a check's violations up once, into the temporary table `violations` with the four columns that every check returns, and
 * decides its status.
 */
export async function findViolations(
  definition: CheckDefinition,
  plan: CheckPlan,
  session: Session,
): Promise<Violations> {
  await session.execute('drop table if exists pg_temp.violations');
  const [counted] = await session
    .query(`select (\n${plan.population}\n)::text as population`)
    .catch(invalid(definition));
  await session
    .execute(`create temporary table violations on commit drop as\n${plan.violations}`)
    .catch(invalid(definition));
  await conform(definition, session);
  const [violated] = await session.query('select count(*)::text as failures from pg_temp.violations');
  const population = BigInt(counted?.['population'] ?? '0');
  const failures = BigInt(violated?.['failures'] ?? '0');
  const status = decideStatus({ population, failures, settings: definition.settings });
  return { status, population, failures, message: status === 'no_data' ? 'nothing to look at' : null };
}

/** Gives the violations the four columns that every check returns. */
async function conform(definition: CheckDefinition, session: Session): Promise<void> {
  const rows = await session.query(
    `select attname::text as name from pg_attribute where attrelid = 'pg_temp.violations'::regclass and attnum > 0 and not attisdropped`,
  );
  const columns = new Set(rows.map((row) => row['name']));
  for (const needed of ['subject_id', 'reason']) {
    if (columns.has(needed)) continue;
    throw new EngineError('CHECK_INVALID', `check ${definition.id} does not return a column ${needed}`, {
      place: { file: definition.file, line: definition.line },
    });
  }
  await session
    .execute(
      columns.has('amount')
        ? 'alter table pg_temp.violations alter amount type numeric using amount::numeric'
        : 'alter table pg_temp.violations add amount numeric',
    )
    .catch(invalid(definition));
  if (!columns.has('occurred_at')) await session.execute('alter table pg_temp.violations add occurred_at text');
}

function invalid(definition: CheckDefinition): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof EngineError) || error.code !== 'WAREHOUSE_FAILED') throw error;
    const reason = error.database?.reason ?? error.message;
    throw new EngineError('CHECK_INVALID', `check ${definition.id}: ${reason}`, {
      place: { file: definition.file, line: definition.line },
    });
  };
}
