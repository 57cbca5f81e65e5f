import type { Command } from 'commander';
import { Option } from 'commander';
import { INDIRECT_SELECTIONS } from './parse-selector.ts';
import type { IndirectSelection } from './parse-selector.ts';
import { TYPE_WORDS } from './match-resource.ts';

/** dbt's options for what a command is about. */
export interface SelectionOptions {
  readonly select?: readonly string[];
  readonly models?: readonly string[];
  readonly exclude?: readonly string[];
  readonly selector?: string;
  readonly resourceType?: readonly string[];
  readonly resourceTypes?: readonly string[];
  readonly excludeResourceType?: readonly string[];
  readonly excludeResourceTypes?: readonly string[];
  readonly indirectSelection?: IndirectSelection;
  readonly state?: string;
  readonly vertical?: readonly string[];
}

export function addSelectionOptions(command: Command): Command {
  const types = [...TYPE_WORDS, 'all', 'default'];
  return command
    .option('-s, --select <selector...>', 'dbt selectors: name, +name, name+, @name, tag:, path:, source:, state:, ...')
    .addOption(new Option('-m, --models <selector...>').hideHelp())
    .option('--exclude <selector...>', 'take these out again')
    .option('--selector <name>', 'a selector of selectors.yml')
    .addOption(new Option('--resource-type <type...>', 'only these types').choices(types))
    .addOption(new Option('--resource-types <type...>').choices(types).hideHelp())
    .addOption(new Option('--exclude-resource-type <type...>', 'all but these types').choices(types))
    .addOption(new Option('--exclude-resource-types <type...>').choices(types).hideHelp())
    .addOption(
      new Option('--indirect-selection <mode>', 'which checks come with the models that are selected')
        .choices([...INDIRECT_SELECTIONS])
        .default('eager'),
    )
    .option('--state <folder>', 'target folder of an earlier invocation, to compare with')
    .option('--vertical <name...>', 'only these verticals; all when left out');
}
