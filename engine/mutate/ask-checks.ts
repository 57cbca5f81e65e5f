import type { Count } from '../check-kinds/count.ts';
import { hasPasses } from '../check-kinds/violation-of.ts';
import { judge, worstOf } from '../check/judge.ts';
import { runScan } from '../check/run-scan.ts';
import { countShown } from '../check/violations-statement.ts';
import type { CheckPart } from '../check/violations-statement.ts';
import type { CheckDefinition, CheckStatus } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';

/** A check that can be asked: its SQL over the copy. */
export interface AskedCheck {
  readonly definition: CheckDefinition;
  /** One, or one for each slice; an error when it cannot be planned. */
  readonly parts: readonly CheckPart[] | EngineError;
}

/** What a check concluded on the copy. */
export interface Verdict {
  readonly status: CheckStatus;
  readonly failures: bigint;
}

/** Asks many checks in as few statements as a run does, and judges them as a run does; looks no failing row up. Changes nothing. */
export async function askChecks(
  checks: readonly AskedCheck[],
  session: Session,
): Promise<ReadonlyMap<string, Verdict>> {
  const requests = checks.flatMap(({ definition, parts }) =>
    parts instanceof EngineError
      ? []
      : [{ definition, parts, relation: parts[0]?.plan.relation ?? '', counts: parts.flatMap(asked) }],
  );
  const answers = await runScan(
    requests.filter(({ counts }) => counts.length > 0),
    session,
  );
  const verdicts = new Map<string, Verdict>();
  for (const { definition, parts } of checks) if (parts instanceof EngineError) verdicts.set(definition.id, ERROR);
  for (const request of requests) {
    const answer = answers.get(request);
    const verdict = answer instanceof EngineError ? ERROR : conclude(request, answer?.values ?? []);
    verdicts.set(request.definition.id, verdict);
  }
  return verdicts;
}

const ERROR: Verdict = { status: 'error', failures: 0n };

/** Rows looked at, violating rows, and the number that thresholds compare where that is another. */
function asked({ plan }: CheckPart): readonly Count[] {
  const { population, found, violations, isBespoke, failCalc } = plan;
  const counted = isBespoke ? countShown(violations) : `select count(*) from (\n${violations}\n) as violations`;
  const number = {
    query: `select trim_scale((${failCalc})::numeric)::text from (\n${violations}\n) as dbt_internal_test`,
  };
  return [population, found ?? { query: counted }, ...(failCalc === undefined ? [] : [number])];
}

function conclude(
  { definition, parts }: { readonly definition: CheckDefinition; readonly parts: readonly CheckPart[] },
  values: readonly (string | null)[],
): Verdict {
  let at = 0;
  const next = (): bigint => BigInt(values[at++] ?? '0');
  const judged = parts.map(({ plan }) => {
    const [population, violating] = [next(), next()];
    const failures = plan.failCalc === undefined ? violating : next();
    const passes = !hasPasses(definition.kind) ? null : violating < population ? population - violating : 0n;
    const violations = definition.settings.fail_calc === undefined ? violating : failures;
    const { status } = judge({ population, failures, violations, passes }, definition.settings, plan.emptyMeans);
    return { status, failures };
  });
  return {
    status: worstOf(judged.map(({ status }) => status)) ?? 'no_data',
    failures: judged.reduce((sum, { failures }) => sum + failures, 0n),
  };
}
