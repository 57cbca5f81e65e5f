import type { Command } from 'commander';
import { InvalidArgumentError, Option } from 'commander';
import type { ProjectOptions } from './open-project.ts';
import { addSelectionOptions } from './selection-options.ts';
import type { SelectionOptions } from './selection-options.ts';

/** What build, run, seed and snapshot take; dbt's names. */
export interface BuildOptions extends ProjectOptions, SelectionOptions {
  readonly threads: number;
  readonly failFast?: boolean;
  readonly defer?: boolean;
  readonly favorState?: boolean;
  readonly eventTimeStart?: string;
  readonly eventTimeEnd?: string;
  readonly dryRun?: boolean;
  readonly targetPath: string;
  readonly openlineage?: string;
  readonly warnError?: boolean;
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export function addBuildOptions(command: Command): Command {
  return addSelectionOptions(command)
    .option('-f, --full-refresh', 'build incremental models and seeds from nothing')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--threads <number>', 'models built at the same time', threads, 4)
    .option('-x, --fail-fast', 'stop at the first failure')
    .option('--defer', 'a model that is not selected and does not stand is read where --state has it')
    .option('--favor-state', 'with --defer: also when it stands')
    .option('--event-time-start <time>', 'build the slices of models with an event time again, from then')
    .option('--event-time-end <time>', 'until then, not included')
    .option('--run-clock <time>', 'what run_started_at says; the clock of the warehouse when left out')
    .option('--empty', 'build every relation with its columns and no rows')
    .option('--dry-run', 'say what would be built and why, and build nothing')
    .addOption(targetPathOption())
    .option('--openlineage <target>', 'tell what was built as OpenLineage events, to a file or an http(s) address')
    .option('--warn-error', 'a warning makes the exit code 1')
    .option('--json', 'what was built as one JSON document on stdout')
    .option('-q, --quiet', 'say only what went wrong');
}

export function targetPathOption(): Option {
  return new Option('--target-path <folder>', 'where artifacts go, from the project').default('target');
}

function threads(text: string): number {
  const number = Number(text);
  if (!/^\d{1,2}$/.test(text) || number < 1 || number > 64) {
    throw new InvalidArgumentError('a whole number from 1 to 64 is expected');
  }
  return number;
}
