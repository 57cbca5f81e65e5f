import pc from 'picocolors';
import type { BuildOutcome } from '../engine/contracts/build.ts';
import type { BuildOptions } from './build-options.ts';
import { buildRequest } from './build-request.ts';
import { buildVerticals } from './build-verticals.ts';
import { chooseResources } from './choose-resources.ts';
import type { CliContext } from './context.ts';
import { formatFailures } from './format-failures.ts';
import { formatPlan } from './format-plan.ts';
import { foundLine } from './found-line.ts';
import { argsOf } from './invocation-args.ts';
import { isGood } from './is-good.ts';
import { openProject } from './open-project.ts';
import type { OpenedProject } from './open-project.ts';
import { planBuilds } from './plan-builds.ts';
import type { BuildVerb } from './plan-builds.ts';
import { formatTally, tallyOutcomes } from './tally-outcomes.ts';
import { warnOf } from './warn-of.ts';
import { writeArtifacts } from './write-artifacts.ts';
import { writeCompiled } from './write-compiled.ts';

/** Builds what the options choose, vertical by vertical, and tells it as dbt does: progress to `say`, failures and verdict to `out`. */
export async function runBuilds(verb: BuildVerb, options: BuildOptions, context: CliContext): Promise<void> {
  const began = performance.now();
  const startedAt = new Date().toISOString();
  const chat = options.quiet ? (): void => undefined : context.say;
  chat(`Running with tickmark=${context.toolVersion}`);
  const opened = openProject(options, context);
  const { root, project, vars } = opened;
  const { all, selected, warnings } = chooseResources(options, opened, context);
  chat(foundLine(all));
  warnOf(warnings, context);
  const plans = planBuilds(verb, { all, selected }, opened.compiled);
  // An option that does not fit is told before servers are started.
  for (const plan of plans) buildRequest(plan, options, {});
  if (plans.length === 0) warnOf(['nothing to do: no seed, model, snapshot or check is selected'], context);

  const outcomes: BuildOutcome[] = [];
  let compiledPaths: ReadonlyMap<string, string> = new Map();
  try {
    const onOutcome = (outcome: BuildOutcome): void => void outcomes.push(outcome);
    if (plans.length > 0) await buildVerticals({ plans, options, opened, all, selected, onOutcome }, context);
  } finally {
    if (!options.dryRun) {
      const to = { root, targetPath: options.targetPath, project: project.config.name };
      compiledPaths = writeCompiled(ranSql(outcomes, opened), to);
      const elapsedMs = performance.now() - began;
      const args = argsOf(verb, options, vars);
      writeArtifacts({ opened, targetPath: options.targetPath, outcomes, args, startedAt, elapsedMs }, context);
    }
  }
  const tally = tallyOutcomes(outcomes);
  const isAllGood = outcomes.every(isGood);
  if (!isAllGood || (options.warnError && tally.warn + warnings.length > 0)) context.failed();
  if (options.json) return context.out(`${JSON.stringify(outcomes, null, 2)}\n`);
  if (options.dryRun) return context.out(`${formatPlan(outcomes).join('\n')}\n`);
  const verdict = isAllGood ? ['', pc.green('Completed successfully')] : [];
  const failures = formatFailures(outcomes, { project, compiledPaths });
  context.out(`${[...verdict, ...failures, '', formatTally(tally)].join('\n')}\n`);
}

function ranSql(
  outcomes: readonly BuildOutcome[],
  { compiled }: OpenedProject,
): { readonly name: string; readonly file: string; readonly sql: string }[] {
  const files = new Map(compiled.models.map(({ name, file }) => [name, file]));
  return outcomes
    .flatMap(({ models }) => models)
    .filter(({ status, resource }) => (status === 'success' || status === 'error') && resource !== 'seed')
    .map(({ model, sql }) => ({ name: model, file: files.get(model) ?? `${model}.sql`, sql }));
}
