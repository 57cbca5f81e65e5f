import type { Command } from 'commander';
import { addBuildOptions } from '../build-options.ts';
import type { BuildOptions } from '../build-options.ts';
import type { CliContext } from '../context.ts';
import type { BuildVerb } from '../plan-builds.ts';
import { runBuilds } from '../run-builds.ts';

const DESCRIPTIONS: Readonly<Record<BuildVerb, string>> = {
  build:
    'build seeds, models and snapshots beside the live ones, run unit tests and checks there, and swap all in at once',
  run: 'build models; blocking checks on them still decide whether they are published',
  seed: 'load the CSV files in seeds/',
  snapshot: 'take snapshots',
};

export function addBuild(program: Command, context: CliContext): void {
  for (const [verb, description] of Object.entries(DESCRIPTIONS) as [BuildVerb, string][]) {
    const command = program.command(verb).description(description);
    addBuildOptions(command).action((given: BuildOptions) =>
      runBuilds(verb, { ...command.optsWithGlobals<BuildOptions>(), ...given }, context),
    );
  }
}
