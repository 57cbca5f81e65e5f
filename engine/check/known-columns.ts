import { CHECK_KINDS } from '../check-kinds/check-kinds.ts';
import type { KnownColumn } from '../check-kinds/check-kind.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { columnsOf } from '../warehouse/relation-columns.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** The columns of relations that checks have to know of beforehand: in one query, and in none when there are none. */
export async function knownColumns(
  checks: readonly CheckDefinition[],
  compiled: CompiledProject,
  session: Session,
): Promise<ReadonlyMap<string, readonly KnownColumn[]>> {
  const names = new Set(
    checks.flatMap((definition) => [
      ...(CHECK_KINDS[definition.kind]?.needsColumns?.(definition) ?? []),
      // In which case a column is spelt, the relation says.
      ...(/[A-Z]/.test(definition.column ?? '') ? [definition.on] : []),
    ]),
  );
  const relations = new Map([...names].flatMap((name) => relationOf(name, compiled)));
  const found = new Map(
    await columnsOf(
      session,
      [...relations.values()].filter((relation) => !isQuery(relation)),
    ),
  );
  for (const relation of relations.values())
    if (isQuery(relation)) found.set(relation, await columnsOfQuery(relation, session));
  return new Map(
    [...relations].flatMap(([name, relation]) => {
      const columns = found.get(relation);
      return columns === undefined ? [] : [[name, columns] as const];
    }),
  );
}

/** None for a relation that is not there: the check says so itself. */
function relationOf(name: string, compiled: CompiledProject): [name: string, relation: string][] {
  try {
    return [[name, compiled.relation(name)]];
  } catch (error) {
    if (error instanceof EngineError) return [];
    throw error;
  }
}

/** An ephemeral model is its query in brackets. */
function isQuery(relation: string): boolean {
  return relation.startsWith('(');
}

/** None of a query that cannot run: the check says so itself. */
async function columnsOfQuery(query: string, session: Session): Promise<KnownColumn[]> {
  await session.execute('savepoint query_columns');
  try {
    const columns = await session.describe(`select * from ${query} as t limit 0`);
    return columns.map(({ name, typeOid }) => ({ name, type: NUMBERS.get(typeOid) ?? 'other' }));
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint query_columns');
    return [];
  }
}

/** Types that are rounded to a precision, by their number in pg_type, which never changes. */
const NUMBERS = new Map([
  [700, 'real'],
  [701, 'double precision'],
  [1700, 'numeric'],
]);
