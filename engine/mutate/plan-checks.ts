import { mayAsk } from '../check/plan-check.ts';
import type { CheckProject } from '../check/plan-check.ts';
import { knownColumns } from '../check/known-columns.ts';
import { tryPlanParts } from '../check/plan-parts.ts';
import type { CompiledProject } from '../compile/compile-project.ts';
import type { CheckDefinition } from '../contracts/check.ts';
import { EngineError } from '../errors.ts';
import type { AskedCheck } from './ask-checks.ts';
import { readsThrough } from './compile-copy.ts';
import type { Ground } from './ground.ts';

/** A check over the copy, with what it reads. */
export interface CopyCheck {
  readonly definition: CheckDefinition;
  /** Planned now: where the check asks the warehouse for its slices, or in its template, every mutant gives another plan. */
  readonly ready: () => Promise<AskedCheck>;
  readonly reads: readonly string[];
  /** Whether it compares with an earlier run. */
  readonly comparesRuns: boolean;
}

/** How checks of the copy are planned. */
export interface CheckWorld {
  /** All of the vertical. */
  readonly checks: readonly CheckDefinition[];
  readonly sources: CheckProject['sources'];
  readonly runClock: string;
  /** Compiled as it is live: what an earlier run is. */
  readonly live: CompiledProject;
}

/** Plans checks over the copy. What stands live is the earlier run that they compare with. */
export async function planChecks(
  wanted: readonly CheckDefinition[],
  world: CheckWorld,
  ground: Ground,
): Promise<readonly CopyCheck[]> {
  const { compiled, session } = ground;
  const columns = await knownColumns(wanted, compiled, session);
  const through = readsThrough(compiled.models);
  const planned: CopyCheck[] = [];
  for (const definition of wanted) {
    let comparesRuns = false;
    const project: CheckProject = {
      checks: world.checks,
      sources: world.sources,
      runClock: world.runClock,
      compiled,
      columns,
      previous: (name) => {
        comparesRuns = true;
        return world.live.relation(name);
      },
    };
    const plan = async (): Promise<AskedCheck> => ({
      definition,
      parts: await tryPlanParts(definition, project, session),
    });
    const first = await plan();
    const { parts } = first;
    planned.push({
      definition,
      ready: mayAsk(definition) || definition.settings.slices !== undefined ? plan : () => Promise.resolve(first),
      reads: through(parts instanceof EngineError ? definition.refersTo : parts.flatMap((part) => part.plan.reads)),
      // The measures of earlier runs are read where they are recorded.
      comparesRuns: comparesRuns || JSON.stringify(parts).includes('from audit.check_results'),
    });
  }
  return planned;
}

/** Those checks as they can be asked now. */
export async function readyToAsk(checks: readonly CopyCheck[]): Promise<readonly AskedCheck[]> {
  const ready: AskedCheck[] = [];
  for (const check of checks) ready.push(await check.ready());
  return ready;
}
