import { kindNamed } from '../check-kinds/check-kinds.ts';
import type { CheckPlan, KindContext, KnownColumn } from '../check-kinds/check-kind.ts';
import { rowsWhere } from '../check-kinds/count.ts';
import type { Ask, CompiledProject, Rendered } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { identifier, literal } from '../sql-text.ts';
import { keyColumns } from './key-columns.ts';
import { maskedColumns, mentions, shownKey } from './masked-columns.ts';
import { macroCall, planMacroTest } from './plan-macro-test.ts';
import type { Looked } from './plan-macro-test.ts';
import { planSingularTest } from './plan-singular-test.ts';
import { inSlice } from './slice.ts';
import type { Slice } from './slice.ts';

/** What checks are planned with. */
export interface CheckProject {
  readonly compiled: CompiledProject;
  readonly checks: readonly CheckDefinition[];
  readonly sources: readonly DeclaredSource[];
  /** The moment that the run says it is, ISO 8601 with its zone. */
  readonly runClock?: string | undefined;
  /** A relation as the last published run of the vertical left it. */
  readonly previous?: ((name: string) => string | undefined) | undefined;
  /** Columns of relations by name, as far as somebody looked them up. */
  readonly columns?: ReadonlyMap<string, readonly KnownColumn[]> | undefined;
}

/** A plan with everything that it reads: models and landed tables, by name. */
export type PlannedCheck = CheckPlan & {
  readonly reads: readonly string[];
  /** The relation that the check is on, as SQL that stands after `from`; empty for a singular one. */
  readonly relation: string;
  /** Whether its violations are SQL of an author's, which must have the columns that every check returns. */
  readonly isBespoke: boolean;
  /** Whether the number that thresholds compare is only known when the violations are read, also when there are none. */
  readonly readsAll: boolean;
};

/** Turns a check's definition into SQL: over all that it looks at, or over one slice of it. */
export function planCheck(definition: CheckDefinition, project: CheckProject, slice?: Slice): PlannedCheck {
  return planWith(definition, project, slice, (look) => renderTest(definition, project.compiled, look));
}

/** The same for a test whose template asks the warehouse. */
export async function planAsking(
  definition: CheckDefinition,
  project: CheckProject,
  ask: Ask,
  slice?: Slice,
): Promise<PlannedCheck> {
  const { compiled } = project;
  const place = placeOf(definition);
  if (definition.kind === 'singular') {
    const rendered = await compiled.renderAround(definition.sql ?? '', place, { ask });
    return planWith(definition, project, slice, () => rendered);
  }
  const { name, kwargs } = macroCall(
    definition,
    look(definition, compiled, slice, (template) => compiled.render(template, place).sql),
  );
  const rendered = await compiled.renderTest(name, kwargs, place, { ask });
  return planWith(definition, project, slice, () => rendered);
}

/** Whether its SQL is a template of the project's own, which may ask the warehouse. */
export function mayAsk({ kind }: CheckDefinition): boolean {
  return kind === 'singular' || kind === 'generic';
}

function planWith(
  definition: CheckDefinition,
  project: CheckProject,
  slice: Slice | undefined,
  rendered: (look: () => Looked) => Rendered,
): PlannedCheck {
  const reads = new Set(definition.on === '' || definition.kind === 'singular' ? [] : [definition.on]);
  const listen = (heard: Rendered): Rendered => {
    for (const name of [...heard.dependsOn.models, ...heard.dependsOn.sources]) reads.add(name);
    return heard;
  };
  const render = (template: string): string => listen(project.compiled.render(template, placeOf(definition))).sql;
  const plan = planOf(definition, project, slice, { render, rendered: (looked) => listen(rendered(looked)) });
  for (const name of plan.alsoReads ?? []) reads.add(name);
  const isOn = definition.on !== '' && definition.kind !== 'singular';
  return {
    ...plan,
    reads: [...reads],
    relation: isOn ? project.compiled.relation(definition.on) : '',
    isBespoke: definition.kind === 'bespoke',
    readsAll: definition.settings.fail_calc !== undefined || (plan.raw !== undefined && plan.failCalc !== undefined),
  };
}

function planOf(
  definition: CheckDefinition,
  project: CheckProject,
  slice: Slice | undefined,
  words: { readonly render: (template: string) => string; readonly rendered: (look: () => Looked) => Rendered },
): CheckPlan {
  const { render } = words;
  const refuse = (message: string): never => {
    throw new EngineError('CHECK_INVALID', `check ${definition.id}${message}`, { place: placeOf(definition) });
  };
  const looked = (): Looked => look(definition, project.compiled, slice, render);
  if (definition.kind === 'singular') return planSingularTest(definition, project, words.rendered(looked));
  const { relation, where } = looked();
  if (definition.kind === 'generic')
    return planMacroTest(definition, { ...project, relation, where }, words.rendered(looked));
  if (definition.kind === 'bespoke') {
    const violations = render(definition.sql ?? refuse(' has no SQL'));
    return { population: rowsWhere(where), violations };
  }
  const kind = kindNamed(definition.kind)?.spec ?? refuse(`: no kind of check '${definition.kind}'`);
  const failCalc = definition.settings.fail_calc;
  let asksOfTheMoment = false;
  const context = contextOf(definition, project, { relation, where, render, slice }, () => (asksOfTheMoment = true));
  const plan = kind.plan(context);
  return { ...plan, ...(failCalc && { failCalc }), unpinned: plan.unpinned === true || asksOfTheMoment };
}

function look(
  definition: CheckDefinition,
  compiled: CompiledProject,
  slice: Slice | undefined,
  render: (template: string) => string,
): Looked {
  const { where } = definition.settings;
  const conditions = [
    ...(where === undefined ? [] : [`(${render(where)})`]),
    // A macro reads the relation under a name of its own.
    ...(slice === undefined ? [] : [inSlice(slice, definition.kind === 'generic' ? '' : 't.')]),
  ];
  return {
    relation: compiled.relation(definition.on),
    where: conditions.length === 0 ? 'true' : conditions.join(' and '),
  };
}

function renderTest(definition: CheckDefinition, compiled: CompiledProject, looked: () => Looked): Rendered {
  const place = placeOf(definition);
  if (definition.kind === 'singular') return compiled.render(definition.sql ?? '', place);
  const { name, kwargs } = macroCall(definition, looked());
  return compiled.testQuery(name, kwargs, place);
}

function placeOf({ file, line }: CheckDefinition): Place {
  return { file, line };
}

function contextOf(
  definition: CheckDefinition,
  project: CheckProject,
  words: Pick<KindContext, 'relation' | 'where' | 'render'> & { readonly slice: Slice | undefined },
  isOfTheMoment: () => void,
): KindContext {
  const { compiled, columns, runClock } = project;
  const { relation, where, render, slice } = words;
  const refuse = (message: string): never => {
    throw new EngineError('CHECK_INVALID', `check ${definition.id}: ${message}`, {
      place: { file: definition.file, line: definition.line },
    });
  };
  const { column_name: written } = definition.arguments as { readonly column_name?: string };
  const masked = maskedColumns(definition, project);
  const column =
    definition.column === undefined ? '' : `t.${identifier(asItStands(definition.on, definition.column, columns))}`;
  return {
    definition,
    arguments: definition.arguments,
    relation,
    label: definition.on,
    where,
    column: written === undefined ? column : `(${render(written)})`,
    columnName: definition.column ?? written ?? '',
    subject: subjectOf(definition, project, masked),
    resolve: compiled.relation,
    columnsOf: (name) => columns?.get(name) ?? refuse(`the columns of ${name} are not known; name those to compare`),
    render,
    expression: (text) => expressionOf(text, render),
    shown: (sql, text) => (mentions(text, masked) ? literal('(masked)') : `${sql}::text`),
    history: (most) => {
      isOfTheMoment();
      if (slice !== undefined) refuse('it compares with earlier runs, and slices keep no history of their own');
      return historyOf(definition, most);
    },
    previous: (name) => {
      isOfTheMoment();
      return project.previous?.(name);
    },
    runClock: () => {
      isOfTheMoment();
      return runClock === undefined
        ? refuse('it depends on the moment of the run, and none is given')
        : `(timestamptz ${literal(runClock)} at time zone 'UTC')`;
    },
  };
}

function historyOf({ id, measuredHash }: CheckDefinition, most: number): string {
  return `select p.run_no, c.checked_at as measured_at, c.measure
from audit.check_results as c
join audit.publications as p on p.run_id = c.run_id and p.decision = 'published'
where c.check_id = ${literal(id)} and c.measured_hash = ${literal(measuredHash)} and c.measure is not null
order by p.publication_no desc limit ${most}`;
}

/** A name as Postgres keeps it when nobody quotes it is a column; all else is SQL as it was written. */
function expressionOf(written: string, render: (template: string) => string): string {
  return /^[a-z_][a-z0-9_]*$/.test(written) ? `t.${identifier(written)}` : render(written);
}

/** dbt does not quote the names of columns, so Postgres reads them in lower case; a column that is spelt just so comes first. */
function asItStands(on: string, column: string, known: CheckProject['columns']): string {
  const columns = known?.get(on);
  if (columns === undefined || columns.some(({ name }) => name === column)) return column;
  return columns.find(({ name }) => name === column.toLowerCase())?.name ?? column;
}

/** Names a row by its key; without one, when a part of the key is null or may not be shown, by a hash of the row. */
function subjectOf(definition: CheckDefinition, project: CheckProject, masked: ReadonlySet<string>): string {
  const key = shownKey(keyColumns(definition.on, project), masked);
  const hashed = `'row ' || md5(t::text)`;
  if (key.length === 0) return hashed;
  const columns = key.map((column) => `t.${identifier(asItStands(definition.on, column, project.columns))}`).join(', ');
  return `case when num_nulls(${columns}) = 0 then concat_ws('/', ${columns}) else ${hashed} end`;
}
