import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import { identifier } from '../sql-text.ts';
import type { CheckPlan, KindContext } from './check-plan.ts';
import { acceptedValues } from './kinds/accepted-values.ts';
import { expression } from './kinds/expression.ts';
import { notNull } from './kinds/not-null.ts';
import { reconcile } from './kinds/reconcile.ts';
import { relationships } from './kinds/relationships.ts';
import { rowCount } from './kinds/row-count.ts';
import { unique } from './kinds/unique.ts';

/** Turns a check's definition into SQL. A new kind is a new case here and a file in `kinds/`. */
export function planCheck(
  definition: CheckDefinition,
  project: {
    readonly compiled: CompiledProject;
    readonly checks: readonly CheckDefinition[];
    readonly sources: readonly DeclaredSource[];
  },
): CheckPlan {
  const { compiled } = project;
  const place = { file: definition.file, line: definition.line };
  const render = (template: string): string => compiled.render(template, place).sql;
  const relation = compiled.relation(definition.on);
  const where = definition.settings.where === undefined ? 'true' : `(${render(definition.settings.where)})`;
  if (definition.kind === 'bespoke') {
    if (definition.sql === undefined)
      throw new EngineError('CHECK_INVALID', `check ${definition.id} has no SQL`, { place });
    const { sql, dependsOn } = compiled.render(definition.sql, place);
    return {
      population: `select count(*) from ${relation} as t where ${where}`,
      violations: sql,
      alsoReads: [...dependsOn.models, ...dependsOn.sources],
    };
  }
  const context: KindContext = {
    definition,
    relation,
    label: definition.on,
    where,
    column: definition.column === undefined ? '' : `t.${identifier(definition.column)}`,
    subject: subjectOf(definition, project),
    resolve: compiled.relation,
    render,
  };
  switch (definition.kind) {
    case 'not_null':
      return notNull(context);
    case 'unique':
      return unique(context);
    case 'accepted_values':
      return acceptedValues(context);
    case 'relationships':
      return relationships(context);
    case 'row_count':
      return rowCount(context);
    case 'expression':
      return expression(context);
    case 'reconcile':
      return reconcile(context);
    default:
      return definition.kind satisfies never;
  }
}

/**
 * Names a row by the relation's key: a source's declared key, a model's declared unique check; without one, or when a part of
 * the key is null, by a hash of the row.
 */
function subjectOf(
  definition: CheckDefinition,
  project: { readonly checks: readonly CheckDefinition[]; readonly sources: readonly DeclaredSource[] },
): string {
  const source = project.sources.find((declared) => `${declared.source}.${declared.name}` === definition.on);
  const keyed = project.checks.find(
    (other) => other.kind === 'unique' && other.on === definition.on && !other.settings.where,
  );
  const declared = keyed?.arguments['columns'] as readonly string[] | undefined;
  const key =
    source && source.key.length > 0 ? source.key : (declared ?? (keyed?.column === undefined ? [] : [keyed.column]));
  const hashed = `'row ' || md5(t::text)`;
  if (key.length === 0) return hashed;
  const columns = key.map((column) => `t.${identifier(column)}`).join(', ');
  return `case when num_nulls(${columns}) = 0 then concat_ws('/', ${columns}) else ${hashed} end`;
}
