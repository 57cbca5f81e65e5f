import { join } from 'node:path';
import type { Command } from 'commander';
import { readState } from '../../engine/artifacts/read-state.ts';
import { EngineError } from '../../engine/errors.ts';
import { addBuildOptions } from '../build-options.ts';
import type { BuildOptions } from '../build-options.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import { optionsOf } from '../invocation-args.ts';
import { listResources } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import { runBuilds } from '../run-builds.ts';
import { verticalsToRetry } from '../verticals-to-retry.ts';

export function addRetry(program: Command, context: CliContext): void {
  const command = program
    .command('retry')
    .description(
      'repeat the last invocation where it failed, with the same arguments; what was built then is taken over',
    );
  addBuildOptions(command).action(async (given: BuildOptions): Promise<void> => {
    const options = { ...command.optsWithGlobals<BuildOptions>(), ...given };
    const root = findRoot(options.projectDir, context.cwd);
    const { results, args } = readState(join(root, options.targetPath));
    const { verb, options: before } = optionsOf(args);
    if (verb === undefined) {
      const what = typeof args['which'] === 'string' ? args['which'] : 'an unknown command';
      throw new EngineError(
        'OPTION_INVALID',
        `retry repeats build, run, seed and snapshot; the last invocation was ${what}`,
      );
    }
    // What is said now counts more than what was said then; a default is not said.
    const said = Object.entries(options).filter(([name]) => command.getOptionValueSource(name) !== 'default');
    const again = { ...options, ...before, ...Object.fromEntries(said) } as BuildOptions;
    const { project, compiled } = openProject(again, context);
    const verticals = verticalsToRetry(results, listResources(project, compiled));
    if (verticals.length === 0) {
      context.say(`Nothing to do: nothing failed in the last invocation of ${verb}`);
      return;
    }
    const within = again.vertical?.filter((vertical) => verticals.includes(vertical)) ?? verticals;
    await runBuilds(verb, { ...again, vertical: within }, context);
  });
}
