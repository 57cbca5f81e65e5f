import type { CheckDefinition, CheckPreview, CheckResult, Waiver } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';
import { applyWaiver } from './apply-waiver.ts';
import type { CompareElsewhere } from './compare-elsewhere.ts';
import { countOutside } from './count-outside.ts';
import { refuseEmptyUpstream } from './empty-upstream.ts';
import { evaluateChecks, faultOf } from './evaluate-checks.ts';
import type { Evaluated, PlannedRun } from './evaluate-checks.ts';
import { knownColumns } from './known-columns.ts';
import type { CheckProject } from './plan-check.ts';
import { tryPlanParts } from './plan-parts.ts';
import { previousRelations } from './previous-relations.ts';
import type { PreviousRelations } from './previous-relations.ts';
import type { RecordedPlan } from './result-of.ts';
import { violationsStatement } from './violations-statement.ts';
import type { CheckPart } from './violations-statement.ts';

export type PreviewInput = CheckProject & {
  readonly selected: readonly CheckDefinition[];
  /** Failing rows shown of each check. */
  readonly examples: number;
  readonly waivers?: readonly Waiver[] | undefined;
  readonly compareElsewhere?: CompareElsewhere | undefined;
};

/** Runs checks on the live tables for their author: nothing is recorded, nothing is kept, nothing is told to anybody. */
export async function previewChecks(
  input: PreviewInput,
  deps: { readonly warehouse: Warehouse },
): Promise<readonly CheckPreview[]> {
  return deps.warehouse.transaction(async (session) => {
    await session.execute(`set local statement_timeout = '600s'`);
    await session.execute('set local jit = off');
    const runClock = input.runClock ?? (await nowOf(session));
    const columns = await knownColumns(input.checks, input.compiled, session);
    const previous = previousRelations({ live: input.compiled, sources: input.sources, modelsAre: 'current' });
    const project = { ...input, columns, runClock };
    let tried = await tryPlans(project, previous, session);
    while (previous.isAsked()) {
      await previous.lookUp(session);
      tried = await tryPlans(project, previous, session);
    }
    const planned: PlannedRun[] = [];
    const found = new Map<string, Evaluated>();
    for (const { definition, parts } of tried) {
      if (parts instanceof EngineError)
        found.set(definition.id, await faultOf({ definition, recorded: NOTHING }, parts, session));
      else planned.push({ definition, recorded: { ...NOTHING, reads: readsOf(definition, parts) }, parts });
    }
    const evaluated = await evaluateChecks(
      planned,
      { keeping: { examples: input.examples }, compareElsewhere: input.compareElsewhere },
      session,
    );
    const concluded = input.selected.flatMap((definition) => {
      const one = evaluated.get(definition.id) ?? found.get(definition.id);
      return one === undefined ? [] : [{ definition, ...one }];
    });
    const partsOf = new Map(planned.map(({ definition, parts }) => [definition.id, parts]));
    const previews: CheckPreview[] = [];
    for (const one of await refuseEmptyUpstream(concluded, input, session)) {
      const { definition, examples } = one;
      const rows = (): string =>
        `${violationsStatement(partsOf.get(definition.id) ?? [])}\nselect subject_id from tickmark_rows`;
      const result = await applyWaiver(one.result, {
        definition,
        waivers: input.waivers ?? [],
        runClock,
        outside: (subjects) => countOutside(rows(), subjects, session),
      });
      previews.push(asPreview(result, examples));
    }
    return previews;
  });
}

const NOTHING: RecordedPlan = { sql: '', reads: [], inputsHash: null, fault: undefined };

function asPreview(result: CheckResult, examples: CheckPreview['examples']): CheckPreview {
  return {
    id: result.checkId,
    status: result.status,
    population: result.population.toString(),
    failures: result.failures.toString(),
    message: result.message,
    waiver: result.waiver,
    examples,
  };
}

async function tryPlans(
  project: PreviewInput,
  previous: PreviousRelations,
  session: Session,
): Promise<{ readonly definition: CheckDefinition; readonly parts: readonly CheckPart[] | EngineError }[]> {
  const tried = [];
  for (const definition of project.selected) {
    const parts = await tryPlanParts(definition, { ...project, previous: previous.of(definition) }, session);
    tried.push({ definition, parts });
  }
  return tried;
}

function readsOf({ on }: CheckDefinition, parts: readonly CheckPart[]): readonly string[] {
  return [...new Set([on, ...parts.flatMap(({ plan }) => plan.reads)])].filter((name) => name !== '');
}

async function nowOf(session: Session): Promise<string> {
  const [row] = await session.query(
    `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as now`,
  );
  return row?.['now'] as string;
}
