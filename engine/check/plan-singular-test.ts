import type { CheckPlan } from '../check-kinds/check-kind.ts';
import type { Rendered } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { keyColumns } from './key-columns.ts';
import { maskedColumns } from './masked-columns.ts';
import type { CheckProject } from './plan-check.ts';
import { rawRows } from './raw-rows.ts';

/** dbt's singular test: every row of its query is a failure. It looks at all rows of all that it refers to; `where` is not for it, as in dbt. */
export function planSingularTest(definition: CheckDefinition, project: CheckProject, rendered: Rendered): CheckPlan {
  const { fail_calc: failCalc } = definition.settings;
  const { sql, dependsOn } = rendered;
  const refersTo = [...definition.refersTo, ...dependsOn.models, ...dependsOn.sources];
  const counts = [...dependsOn.models, ...dependsOn.sources].map(
    (name) => `(select count(*) from ${project.compiled.relation(name)} as t)`,
  );
  return {
    population: { query: `select ${counts.length === 0 ? '0' : counts.join(' + ')}` },
    violations: sql,
    raw: rawRows(
      keyColumns(definition.on, project),
      maskedColumns({ ...definition, refersTo }, project),
      `${definition.name} finds this row`,
    ),
    ...(failCalc === undefined ? {} : { failCalc }),
  };
}
