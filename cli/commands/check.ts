import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { UnitTestOutcome } from '../../engine/contracts/build.ts';
import type { CheckPreview } from '../../engine/contracts/check.ts';
import type { CliContext } from '../context.ts';
import { chooseResources } from '../choose-resources.ts';
import { formatNumber } from '../format-number.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { paintStatus } from '../paint-status.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { formatTally, tallyOutcomes } from '../tally-outcomes.ts';
import { warnOf } from '../warn-of.ts';
import { withWarehouse } from '../with-warehouse.ts';

type CheckOptions = ProjectOptions &
  SelectionOptions & { readonly examples: number; readonly warnError?: boolean; readonly json?: boolean };

export function addCheck(program: Command, context: CliContext): void {
  const command = program
    .command('check')
    .alias('test')
    .description('try checks on the tables as they stand, and unit tests; nothing is recorded and nobody is alerted');
  addSelectionOptions(command)
    .option('--examples <rows>', 'failing rows shown for each check', wholeNumber, 3)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--run-clock <time>', 'what run_started_at says; now when left out')
    .option('--warn-error', 'a warning makes the exit code 1')
    .option('--json', 'one JSON document on stdout')
    .action(async (given: CheckOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<CheckOptions>(), ...given };
      const opened = openProject(options, context);
      const { root, project, compiled } = opened;
      const chosen = chooseResources(options, opened, context);
      warnOf(chosen.warnings, context);
      const idsOf = (type: string): Set<string> =>
        new Set(chosen.selected.filter((resource) => resource.type === type).map(({ id }) => id));
      const [checkIds, testIds] = [idsOf('check'), idsOf('unit_test')];
      const selected = project.checks.filter(({ id }) => checkIds.has(id));
      const tests = project.unitTests.filter(({ name }) => testIds.has(name));
      if (selected.length + tests.length === 0) {
        warnOf(['nothing to do: no check or unit test is selected'], context);
        return options.json ? context.out('[]\n') : undefined;
      }
      const { checks, sources, waivers } = project;
      const { runClock } = opened;
      const [outcomes, previews] = await withWarehouse(
        { root, temporal: false },
        context,
        async ({ warehouse, world }) => [
          tests.length === 0 ? [] : await context.runUnitTests({ tests, project, compiled }, { warehouse }),
          await context.previewChecks(
            {
              selected,
              checks,
              sources,
              compiled,
              waivers,
              runClock,
              examples: options.examples,
              config: project.config,
            },
            { warehouse, world },
          ),
        ],
      );
      const tally = tallyOutcomes([{ models: [], checks: previews, unitTests: outcomes }]);
      if (tally.error + tally.noData + tally.skip > 0 || (options.warnError && tally.warn > 0)) context.failed();
      if (options.json) return context.out(`${JSON.stringify([...outcomes, ...previews], null, 2)}\n`);
      const lines = [...outcomes.flatMap(formatUnitTest), ...previews.flatMap(format)];
      context.out(`${[...lines, '', formatTally(tally)].join('\n')}\n`);
    });
}

function formatUnitTest({ status, name, model, message }: UnitTestOutcome): string[] {
  return [
    `${paintStatus(status.padEnd(7))} ${model}::${name}`,
    ...(message === null ? [] : message.split('\n').map((line) => `          ${line}`.trimEnd())),
  ];
}

function format({ id, status, failures, population, message, waiver, examples }: CheckPreview): string[] {
  const figures = `${formatNumber(failures)} of ${formatNumber(population)}`;
  // What a failure says of its waiver comes beside its figures, not in their place.
  const counted =
    status === 'fail' || status === 'warn' ? [figures, message].filter((part) => part !== null).join('  ') : message;
  const until = waiver === null ? '' : `  until ${waiver.expires}: ${waiver.reason}`;
  return [
    `${paintStatus((waiver === null ? status : 'waived').padEnd(7))} ${id}  ${counted ?? figures}${until}`,
    ...examples.map(({ subjectId, reason, amount }) => {
      const figure = amount === null ? '' : `${formatNumber(amount)}  `;
      return `          ${subjectId ?? 'none'}  ${figure}${pc.dim(reason ?? '')}`;
    }),
  ];
}

function wholeNumber(text: string): number {
  if (!/^\d{1,4}$/.test(text)) throw new InvalidArgumentError('a whole number from 0 to 9,999 is expected');
  return Number(text);
}
