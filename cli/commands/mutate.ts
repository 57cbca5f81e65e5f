import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { MutationProgress, MutationReport } from '../../engine/contracts/mutation.ts';
import { chooseResources } from '../choose-resources.ts';
import type { CliContext } from '../context.ts';
import { formatMutations } from '../format-mutations.ts';
import { openProject } from '../open-project.ts';
import type { OpenedProject, ProjectOptions } from '../open-project.ts';
import type { SelectionOptions } from '../selection-options.ts';
import { warnOf } from '../warn-of.ts';
import { withWarehouse } from '../with-warehouse.ts';

type MutateOptions = Pick<ProjectOptions, 'projectDir'> &
  Pick<SelectionOptions, 'select' | 'exclude' | 'vertical'> & {
    readonly faults?: readonly string[];
    readonly perColumn: number;
    readonly seed: string;
    readonly limit?: number;
    readonly threads: number;
    readonly minScore?: string;
    readonly survivors?: boolean;
    readonly record: boolean;
    readonly json?: boolean;
  };

export function addMutate(program: Command, context: CliContext): void {
  const command = program
    .command('mutate')
    .description(
      'plant faults into copies of the landed and built data, run the checks on them, and tell which faults no check finds; nothing that stands is touched',
    )
    .option('-s, --select <selector...>', 'spoil only these models and landed tables; dbt selectors')
    .option('--exclude <selector...>', 'take these out again')
    .option('--vertical <name...>', 'only these verticals; all when left out')
    .option('--faults <name...>', 'only these faults: dropped_rows, null, sign_flipped, shifted_day, ...')
    .option('--per-column <number>', 'most faults in one column, chosen by the seed', wholeNumber, 4)
    .option('--limit <number>', 'at most this many faults in all, chosen by the seed', wholeNumber)
    .option('--seed <text>', 'another seed spoils other rows', '1')
    .option('--threads <number>', 'sessions at once, each with a copy of its own; at most 3', threads, 2)
    .option('--min-score <percent>', 'exit code 1 when fewer are found', percent)
    .option('--survivors', 'show only what was not found')
    .option('--no-record', 'keep no record of the score; that of a part is never kept')
    .option('--json', 'one JSON document on stdout')
    .action(async (given: MutateOptions): Promise<void> => {
      const options = { ...command.optsWithGlobals<MutateOptions>(), ...given };
      const opened = openProject(options, context);
      const verticals = tablesOf(options, opened, context);
      if (verticals.size === 0) {
        warnOf(['nothing to do: no model or landed table is selected'], context);
        return options.json ? context.out('[]\n') : undefined;
      }
      const stop = new AbortController();
      void context.interrupted.then(() => stop.abort());
      const reports = await withWarehouse({ root: opened.root, temporal: false }, context, ({ world, warehouse }) =>
        inTurn([...verticals], ([vertical, tables]) => {
          const isPart = (options.select ?? options.exclude) !== undefined;
          const { faults, perColumn, limit, seed, record } = options;
          return context.mutate(
            {
              project: opened.project,
              request: {
                vertical,
                tables: isPart ? tables : undefined,
                faults: faults && names(faults),
                perColumn,
                limit,
                seed,
                threads: options.threads,
                record,
              },
              env: world.env,
              onProgress: teller(vertical, context),
              signal: stop.signal,
            },
            { warehouse },
          );
        }),
      );
      if (reports.some((report) => isBelow(report, options.minScore))) context.failed();
      if (options.json) return context.out(`${JSON.stringify(reports, null, 2)}\n`);
      for (const report of reports)
        context.out(`${formatMutations(report, { onlySurvivors: options.survivors ?? false }).join('\n')}\n`);
    });
}

/** Models, seeds, snapshots and landed tables that are chosen, by vertical. */
function tablesOf(
  options: MutateOptions,
  opened: OpenedProject,
  context: CliContext,
): ReadonlyMap<string, readonly string[]> {
  const { selected, warnings } = chooseResources(options, opened, context);
  warnOf(warnings, context);
  const tables = selected.filter(({ type }) => TABLES.has(type));
  return new Map(
    [...Map.groupBy(tables, (table) => table.vertical)].map(([name, own]) => [name, own.map(({ id }) => id)]),
  );
}

const TABLES: ReadonlySet<string> = new Set(['model', 'seed', 'snapshot', 'source']);

/** Each tenth of the way, and the end. */
function teller(vertical: string, context: CliContext): (progress: MutationProgress) => void {
  let told = 0;
  return ({ done, of, survived }) => {
    const tenth = Math.floor((done * 10) / of);
    if (tenth === told) return;
    told = tenth;
    context.say(`  ${vertical}: ${done} of ${of} faults tried, ${survived} not found`);
  };
}

/** Compared as whole hundredths: no float decides. */
function isBelow({ all }: MutationReport, least: string | undefined): boolean {
  if (least === undefined) return false;
  return all.score === null || hundredths(all.score) < hundredths(least);
}

function hundredths(percent: string): bigint {
  const [whole = '0', decimals = ''] = percent.split('.');
  return BigInt(whole) * 100n + BigInt(decimals.padEnd(2, '0'));
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}

function names(given: readonly string[]): readonly string[] {
  return given.flatMap((each) => each.split(',')).filter((name) => name !== '');
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 is expected');
  return Number(text);
}

function threads(text: string): number {
  if (!/^[123]$/.test(text)) throw new InvalidArgumentError('1, 2 or 3 is expected');
  return Number(text);
}

function percent(text: string): string {
  if (!/^(100(\.0{1,2})?|\d{1,2}(\.\d{1,2})?)$/.test(text))
    throw new InvalidArgumentError('a percentage is expected, such as 95 or 99.5');
  return text;
}
