import { refuseEmptyUpstream } from '../check/empty-upstream.ts';
import { resultOf } from '../check/result-of.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { askChecks } from './ask-checks.ts';
import type { Verdict } from './ask-checks.ts';
import type { Content, Ground } from './ground.ts';
import { readyToAsk } from './plan-checks.ts';
import type { CopyCheck } from './plan-checks.ts';

/**
 * What checks conclude on the copy as it is now. Where a table of it is empty, a pass that rests on that table is taken back, as in a run;
 * where none is, nobody has to look.
 */
export async function askCopy(
  checks: readonly CopyCheck[],
  contents: Iterable<Content>,
  { ground, sources }: { readonly ground: Ground; readonly sources: readonly DeclaredSource[] },
): Promise<ReadonlyMap<string, Verdict>> {
  const { compiled, session } = ground;
  const verdicts = await askChecks(await readyToAsk(checks), session);
  if (![...contents].some(({ rows }) => rows === '0')) return verdicts;
  const concluded = checks.map(({ definition, reads }) => {
    const { status = 'error', failures = 0n } = verdicts.get(definition.id) ?? {};
    const recorded = { sql: '', reads, inputsHash: null, fault: undefined };
    return { definition, failures, result: resultOf({ definition, recorded }, { status }) };
  });
  const judged = await refuseEmptyUpstream(concluded, { compiled, sources }, session);
  return new Map(
    judged.map(({ definition, failures, result }) => [definition.id, { status: result.status, failures }]),
  );
}

/** What rests on any of these tables, near or far. */
export function restingOn(names: Iterable<string>, { tables, reads }: Ground): ReadonlySet<string> {
  const found = new Set(names);
  for (const { name } of tables) if (reads.get(name)?.some((each) => found.has(each))) found.add(name);
  return found;
}
