import type { CompiledProject } from '../compile/compile-project.ts';
import type { CoverageReport, CoveredCheck, CoveredField, CoveredRelation } from '../contracts/coverage.ts';
import type { DeclaredSource, Project } from '../contracts/project.ts';
import { columnLineage } from '../lineage/column-lineage.ts';
import { shareOf } from '../statistics/share-of.ts';
import { columnsOf as readColumns } from '../warehouse/relation-columns.ts';
import type { RelationColumn } from '../warehouse/relation-columns.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { columnsOfChecks } from './columns-of-checks.ts';
import { coverCheck } from './cover-check.ts';
import { coverFields } from './cover-fields.ts';
import { lastVerdicts } from './last-verdicts.ts';
import { testedSlices } from './slice-gaps.ts';
import { LANDING_COLUMNS } from '../landing-columns.ts';

export interface CoverageInput {
  readonly project: Project;
  /** Compiled with the live schemas' names. */
  readonly compiled: CompiledProject;
  /** The moment that verdicts are looked at from, ISO 8601 with its zone. */
  readonly at: string;
  /** From what age a verdict is stale; by the vertical's schedule when left out. */
  readonly staleAfterMs?: number | undefined;
  /** What the report is about: models and `source.table`s, ids of checks, controls and KRIs; everything when left out. Whatever covers it counts. */
  readonly wanted?: ReadonlySet<string> | undefined;
}

/** What is not checked, and what is checked badly. Changes nothing. Without a session only what the project's files say is known. */
export async function coverage(input: CoverageInput, session: Session | null): Promise<CoverageReport> {
  const { project, compiled, at, staleAfterMs } = input;
  const isWanted = (name: string): boolean => input.wanted?.has(name) ?? true;
  const standing = compiled.models.filter(({ materialized }) => materialized !== 'ephemeral');
  const sourceNames = project.sources.map(nameOf);
  const relations = new Map(
    [...sourceNames, ...standing.map(({ name }) => name)].map((name) => [name, compiled.relation(name)]),
  );
  const nodes = new Map([...relations].map(([name, relation]) => [relation, name]));
  const live: ReadonlyMap<string, readonly RelationColumn[]> =
    session === null ? new Map() : await readColumns(session, [...relations.values()]);
  const namesOf = (relation: string): readonly string[] | null => live.get(relation)?.map(({ name }) => name) ?? null;

  const lineage = await columnLineage({ compiled, sources: sourceNames, columnsOf: namesOf });
  const byModel = new Map(lineage.map((each) => [each.model, each.columns.map(({ name }) => name)]));
  const bySource = new Map(project.sources.map((source) => [nameOf(source), declaredColumns(source)]));
  const ofFiles = (name: string): readonly string[] => byModel.get(name) ?? bySource.get(name) ?? [];
  const columnsOf = (relation: string): readonly string[] | null => {
    const node = nodes.get(relation);
    const found = namesOf(relation) ?? (node === undefined ? null : (byModel.get(node) ?? null));
    return found === null || found.length === 0 ? null : found;
  };

  const { checks, sources } = project;
  const known = new Map([...live].flatMap(([relation, columns]) => [[nodes.get(relation) ?? '', columns] as const]));
  const looked = await columnsOfChecks(
    checks,
    { compiled, checks, sources, runClock: at, columns: known },
    { columnsOf, nodeOf: (relation) => nodes.get(relation) },
  );
  const cover = coverFields(looked, lineage);
  const covered = (name: string, type: CoveredRelation['type'], vertical: string): CoveredRelation => {
    const inWarehouse = namesOf(relations.get(name) ?? '');
    const columns = inWarehouse ?? ofFiles(name);
    const columnsFrom = inWarehouse !== null ? 'warehouse' : columns.length > 0 ? 'files' : 'unknown';
    return {
      name,
      type,
      vertical,
      columnsFrom,
      fields: columns.filter(isContent).map((column) => cover(name, column)),
    };
  };
  const all = [
    ...project.sources.map((source) => covered(nameOf(source), 'source', source.vertical)),
    ...standing.map(({ name, vertical }) => covered(name, 'model', vertical)),
  ].filter(({ name }) => isWanted(name));

  const verdicts = session === null ? null : { last: await lastVerdicts(session), slices: await testedSlices(session) };
  const judged = new Map<string, CoveredCheck>(
    verdicts === null
      ? []
      : checks.map((check) => [
          check.id,
          coverCheck(check, { ...verdicts, at, staleAfterMs, verticals: project.config.verticals }),
        ]),
  );
  const controls = project.controls
    .filter(({ id }) => isWanted(id))
    .map(({ id, title, vertical, risk, tests }) => ({
      id,
      title,
      vertical,
      risk,
      tests: tests.map((check) => ({ check, gaps: judged.get(check)?.gaps ?? [] })),
    }));
  const checked = new Set(looked.flatMap(({ relations: read }) => [...read]));
  const kris = project.kris
    .filter(({ id }) => isWanted(id))
    .map(({ id, title, vertical, numerator, denominator }) => ({
      id,
      title,
      vertical,
      unchecked: [...new Set([numerator.model, ...(denominator ? [denominator.model] : [])])].filter(
        (model) => !checked.has(model),
      ),
    }));
  const reported = [...judged.values()].filter(({ id }) => isWanted(id));
  const unresolved = [
    ...looked
      .filter(({ check }) => isWanted(check))
      .flatMap(({ check, problems }) => problems.map((reason) => ({ subject: `check ${check}`, reason }))),
    ...lineage
      .filter(({ model }) => isWanted(model))
      .flatMap(({ model, unresolved: open }) =>
        open.map(({ column, reason }) => ({ subject: `model ${model}${column === null ? '' : `.${column}`}`, reason })),
      ),
  ];
  const share = <T>(of: readonly T[], isCovered: (each: T) => boolean) =>
    shareOf(of.filter(isCovered).length, of.length);
  return {
    at,
    summary: {
      fields: share(fieldsOf(all, 'source'), isCoveredField),
      modelColumns: share(fieldsOf(all, 'model'), isCoveredField),
      controls: share(controls, ({ tests }) => session !== null && tests.every(({ gaps }) => gaps.length === 0)),
      kris: share(kris, ({ unchecked }) => unchecked.length === 0),
      checks: share(reported, ({ gaps }) => gaps.length === 0),
    },
    relations: all,
    controls,
    kris,
    checks: reported,
    unresolved,
    knowsVerdicts: session !== null,
  };
}

function nameOf({ source, name }: DeclaredSource): string {
  return `${source}.${name}`;
}

/** What a source's files say of its columns: those described, and those that keys, totals, cursor and period name. */
function declaredColumns({ columns, key, control_totals: totals, cursor, period }: DeclaredSource): readonly string[] {
  const named = [...columns.map(({ name }) => name), ...key, ...totals, cursor?.column, period];
  return [...new Set(named.filter((name) => name !== undefined))];
}

/** The columns that Tickmark adds to landed rows are not the source's. */
function isContent(column: string): boolean {
  return !LANDING_COLUMNS.includes(column);
}

function fieldsOf(relations: readonly CoveredRelation[], of: CoveredRelation['type']): readonly CoveredField[] {
  return relations.filter(({ type }) => type === of).flatMap(({ fields }) => fields);
}

function isCoveredField({ coverage: how }: CoveredField): boolean {
  return how === 'checked' || how === 'through_models';
}
