import { countQuery } from '../check-kinds/count.ts';
import { planCheck } from '../check/plan-check.ts';
import type { CheckProject, PlannedCheck } from '../check/plan-check.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import { decidingColumns } from '../lineage/deciding-columns.ts';
import { parseSelect } from '../lineage/parse-select.ts';
import type { ColumnsOf } from '../lineage/trace-query.ts';

/** What a check looks at. */
export interface Looked {
  readonly check: string;
  /** Columns that it asks for by name, by relation. */
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Every relation that it reads. */
  readonly relations: ReadonlySet<string>;
  /** Why its SQL is not understood; its declared column counts all the same. */
  readonly problems: readonly string[];
}

/**
 * What each check asks for, by its own SQL: a column counts when it decides over the violations and the check names it, as its column, in
 * its arguments or in SQL of its own. One that only says which rows are looked at (`where`), or is swept up with the whole row, does not.
 */
export async function columnsOfChecks(
  checks: readonly CheckDefinition[],
  project: CheckProject,
  known: { readonly columnsOf: ColumnsOf; readonly nodeOf: (relation: string) => string | undefined },
): Promise<readonly Looked[]> {
  const parse = await parseSelect();
  return checks.map((definition) => {
    const columns = new Map<string, Set<string>>();
    const add = (node: string, column: string): void => {
      columns.set(node, (columns.get(node) ?? new Set()).add(column));
    };
    const relations = new Set([definition.on, ...definition.refersTo].filter((name) => name !== ''));
    const { statements, reads, fault } = statementsOf(definition, project);
    for (const name of reads) relations.add(name);
    const problems = new Set<string>(fault === null ? [] : [fault]);
    const named = namedBy(definition);
    for (const { sql, values } of statements) {
      const select = parse(sql);
      if (typeof select === 'string') {
        problems.add(select);
        continue;
      }
      const decided = decidingColumns(select, { columnsOf: known.columnsOf, values });
      for (const reason of decided.problems) problems.add(reason);
      for (const { relation, column } of decided.columns) {
        const node = known.nodeOf(relation);
        if (node !== undefined && named.has(column.toLowerCase())) add(node, column);
      }
    }
    if (definition.column !== undefined) add(definition.on, columnAsItStands(definition, project, known.columnsOf));
    return { check: definition.id, columns, relations, problems: [...problems] };
  });
}

interface Statement {
  readonly sql: string;
  /** Whether what it gives matters, not only which rows: a count does, the reason of a failing row does not. */
  readonly values: boolean;
}

function statementsOf(
  definition: CheckDefinition,
  project: CheckProject,
): { readonly statements: readonly Statement[]; readonly reads: readonly string[]; readonly fault: string | null } {
  try {
    const plan: PlannedCheck = planCheck(definition, project);
    const counts = [plan.found, plan.measure].flatMap((count) =>
      count === undefined ? [] : [{ sql: countQuery(count, plan.relation), values: true }],
    );
    const statements = [{ sql: plan.violations, values: false }, ...counts];
    return { statements, reads: plan.reads, fault: null };
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    return { statements: [], reads: [], fault: `its SQL is not known without running it (${error.code})` };
  }
}

/** Words of what was written about the check, in lower case; a condition on which rows it looks at is not one of them. */
function namedBy({ column, arguments: given, test, sql }: CheckDefinition): ReadonlySet<string> {
  const written = [column ?? '', JSON.stringify(given), JSON.stringify(test?.kwargs ?? {}), sql ?? ''].join(' ');
  return new Set((written.match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []).map((word) => word.toLowerCase()));
}

/** dbt does not quote names of columns: Postgres reads them in lower case, unless one is spelt just so. */
function columnAsItStands(
  { on, column = '' }: CheckDefinition,
  { compiled }: CheckProject,
  columnsOf: ColumnsOf,
): string {
  let columns: readonly string[] | null = null;
  try {
    columns = columnsOf(compiled.relation(on));
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
  }
  if (columns === null || columns.includes(column)) return column;
  return columns.find((name) => name === column.toLowerCase()) ?? column;
}
