import type { CheckDefinition } from '../contracts/check.ts';
import { identifier, relation } from '../sql-text.ts';
import type { Session } from '../warehouse/warehouse.ts';
import type { CheckPart } from './violations-statement.ts';

/** The table that a check's violating rows also stand in when it says `store_failures`; dbt's schema and name, whatever schema it asks for. */
function failuresTable({ vertical, alias }: CheckDefinition): { schema: string; name: string } {
  return { schema: `${vertical}_dbt_test__audit`, name: alias.slice(0, 63) };
}

/** Writes the violating rows, as the check's query gives them, to their table in place of those of the run before. Safe to repeat. */
export async function storeFailures(
  definition: CheckDefinition,
  parts: readonly CheckPart[],
  session: Session,
): Promise<void> {
  const { schema, name } = failuresTable(definition);
  const table = relation(schema, name);
  await session.execute(`create schema if not exists ${identifier(schema)}`);
  await session.execute(`drop table if exists ${table}`);
  const limit = definition.settings.limit === undefined ? '' : `\nlimit ${definition.settings.limit}`;
  const rows = parts.map(({ plan }) => `select * from (\n${plan.violations}\n) as violations`).join('\nunion all\n');
  if (parts.length > 0)
    await session.execute(`create table ${table} as\nselect * from (\n${rows}\n) as violations${limit}`);
}

export function storesFailures({
  settings: { store_failures: stores, store_failures_as: as },
}: CheckDefinition): boolean {
  return as === undefined ? stores === true : as !== 'ephemeral';
}
