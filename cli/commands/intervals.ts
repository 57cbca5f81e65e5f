import type { Command } from 'commander';
import pc from 'picocolors';
import type { IntervalReport, IntervalSpan } from '../../engine/contracts/build.ts';
import type { CliContext } from '../context.ts';
import { chooseResources } from '../choose-resources.ts';
import { plural } from '../format-line.ts';
import { formatTable } from '../format-table.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { parseMoment } from '../parse-moment.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { warnOf } from '../warn-of.ts';
import { withWarehouse } from '../with-warehouse.ts';

type IntervalOptions = ProjectOptions & SelectionOptions & { readonly json?: boolean };

export function addIntervals(program: Command, context: CliContext): void {
  const command = program
    .command('intervals')
    .description('which slices of microbatch models are built, by which definition, and which are missing');
  addSelectionOptions(command)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--run-clock <time>', 'up to when slices are due; now when left out')
    .option('--json', 'one JSON document on stdout')
    .action(async (given: IntervalOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<IntervalOptions>(), ...given };
      const opened = openProject(options, context);
      const { selected, warnings } = chooseResources(options, opened, context);
      warnOf(warnings, context);
      const names = new Set(selected.filter(({ type }) => type === 'model').map(({ id }) => id));
      const models = opened.compiled.models.filter(
        ({ name, config }) => names.has(name) && config.incremental_strategy === 'microbatch',
      );
      if (models.length === 0) {
        warnOf(['no microbatch model is selected'], context);
        return options.json ? context.out('[]\n') : undefined;
      }
      const runClock =
        options.runClock === undefined ? new Date().toISOString() : parseMoment(options.runClock, '--run-clock');
      const reports = await withWarehouse(
        { root: opened.root, temporal: false, readOnly: true },
        context,
        ({ warehouse }) => context.intervals({ models, compiled: opened.compiled, runClock }, { warehouse }),
      );
      if (options.json) return context.out(`${JSON.stringify(reports, null, 2)}\n`);
      context.out(`${reports.flatMap(format).join('\n')}\n`);
    });
}

function format({ model, vertical, batchSize, definitionHash, spans }: IntervalReport): string[] {
  const count = (state: IntervalSpan['state']): number =>
    spans.filter((span) => span.state === state).reduce((sum, { slices }) => sum + slices, 0);
  return [
    pc.bold(`${vertical}.${model}: by ${batchSize}, definition ${definitionHash.slice(0, 12)}`),
    ...formatTable(
      spans.map((span) => [
        `  ${span.state}`,
        span.from.replace('.000Z', 'Z'),
        'to',
        span.to.replace('.000Z', 'Z'),
        plural(span.slices, 'slice'),
        span.definitionHash === null ? '' : `definition ${span.definitionHash.slice(0, 12)}`,
      ]),
    ),
    `  ${count('built')} built, ${count('outdated')} outdated, ${count('missing')} missing`,
  ];
}
