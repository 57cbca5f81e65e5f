import type { Command } from 'commander';
import { EngineError } from '../../engine/errors.ts';
import { isAtLeast } from '../../engine/statistics/share-of.ts';
import { chooseResources } from '../choose-resources.ts';
import type { CliContext } from '../context.ts';
import { formatCoverage } from '../format-coverage.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { parseAge } from '../parse-age.ts';
import { addSelectionOptions } from '../selection-options.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { warnOf } from '../warn-of.ts';
import { withWarehouse } from '../with-warehouse.ts';

interface CoverageOptions extends ProjectOptions, SelectionOptions {
  readonly min?: string;
  readonly staleAfter?: string;
  readonly warehouse: boolean;
  readonly json?: boolean;
}

export function addCoverage(program: Command, context: CliContext): void {
  const command = program
    .command('coverage')
    .description('what no check looks at, and what is checked badly: fields, models, controls, KRIs, verdicts, slices');
  addSelectionOptions(command)
    .option('--min <percent>', 'exit code 1 when less than this share of the source fields is covered')
    .option('--stale-after <age>', "from what age a verdict is stale, as '3 days'; by the schedule when left out")
    .option('--no-warehouse', 'say only what the files tell: declared columns, no verdicts')
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--run-clock <time>', 'the moment that verdicts are looked at from; now when left out')
    .option('--json', 'one JSON document on stdout')
    .action((given: CoverageOptions) =>
      showCoverage({ ...command.optsWithGlobals<CoverageOptions>(), ...given }, context),
    );
}

async function showCoverage(options: CoverageOptions, context: CliContext): Promise<void> {
  const { min } = options;
  if (min !== undefined && !/^(100(\.0+)?|\d{1,2}(\.\d+)?)$/.test(min))
    throw new EngineError('OPTION_INVALID', '--min takes a percentage from 0 to 100, as in 80 or 99.5');
  const staleAfterMs = options.staleAfter === undefined ? undefined : parseAge(options.staleAfter, '--stale-after');
  const opened = openProject(options, context);
  const { root, project, compiled, runClock: at } = opened;
  const chosen = chooseResources(options, opened, context);
  warnOf(chosen.warnings, context);
  const wanted = new Set(chosen.selected.map(({ id }) => id));
  const input = { project, compiled, at, staleAfterMs, wanted };
  const report = options.warehouse
    ? await withWarehouse({ root, temporal: false, readOnly: true }, context, ({ warehouse }) =>
        context.coverage(input, { warehouse }),
      )
    : await context.coverage(input, { warehouse: null });
  const { fields } = report.summary;
  const unknown = report.relations.filter(({ type, columnsFrom }) => type === 'source' && columnsFrom === 'unknown');
  // A table whose columns nobody knows may have any number of fields that nothing covers.
  const isShort = min !== undefined && (unknown.length > 0 || !isAtLeast(fields, min));
  if (isShort) context.failed();
  if (options.json) context.out(`${JSON.stringify(report, null, 2)}\n`);
  else context.out(`${formatCoverage(report).join('\n')}\n`);
  if (!isShort) return;
  const of = `${fields.covered} of ${fields.of}`;
  const names = unknown.map(({ name }) => name).join(', ');
  context.say(
    unknown.length > 0
      ? `it is not known whether ${min} % of the source fields are covered: ${of}, and the columns of ${names} are not known`
      : `less than ${min} % of the source fields are covered: ${of}`,
  );
}
