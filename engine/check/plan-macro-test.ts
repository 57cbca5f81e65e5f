import type { CheckPlan } from '../check-kinds/check-kind.ts';
import { rowsWhere } from '../check-kinds/count.ts';
import type { Rendered } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { keyColumns } from './key-columns.ts';
import { maskedColumns } from './masked-columns.ts';
import type { CheckProject } from './plan-check.ts';
import { rawRows } from './raw-rows.ts';

/** The relation that a check is on and its where, as SQL. */
export interface Looked {
  readonly relation: string;
  readonly where: string;
}

/** A generic test that a macro makes: every row of the macro's query over the relation is a failure. */
export function planMacroTest(
  definition: CheckDefinition,
  project: CheckProject & Looked,
  rendered: Rendered,
): CheckPlan {
  const { where } = project;
  const { column, settings } = definition;
  const subject = column === undefined ? definition.on : `${definition.on}.${column}`;
  // What the macro says with config() counts less than what content says of the check.
  const said = rendered.config?.['fail_calc'];
  const failCalc = settings.fail_calc ?? (typeof said === 'string' ? said : undefined);
  return {
    population: rowsWhere(where),
    violations: rendered.sql,
    raw: rawRows(
      keyColumns(definition.on, project),
      maskedColumns(definition, project),
      `${macroCall(definition, project).name} of ${subject}`,
    ),
    ...(failCalc === undefined ? {} : { failCalc }),
  };
}

/** The macro's name and its arguments. The relation is given as dbt does, with `where` applied first. */
export function macroCall(
  { test, arguments: given }: CheckDefinition,
  { relation, where }: Looked,
): { readonly name: string; readonly kwargs: Readonly<Record<string, unknown>> } {
  const columnName = test?.kwargs['column_name'];
  const alias = relation.startsWith('(') ? ' as t' : '';
  const model = where === 'true' ? relation : `(select * from ${relation}${alias} where ${where}) dbt_subquery`;
  return {
    name: [test?.namespace, test?.name].filter((part) => part !== undefined).join('.'),
    kwargs: { model, ...(columnName === undefined ? {} : { column_name: columnName }), ...given },
  };
}
