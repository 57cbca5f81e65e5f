import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CompiledProject } from '../../engine/compile/compile-project.ts';
import { EngineError } from '../../engine/errors.ts';
import { readQuery } from '../../engine/warehouse/read-query.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../format-table.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withLazyWarehouse } from '../with-lazy-warehouse.ts';

type ShowOptions = ProjectOptions & {
  readonly select?: string;
  readonly inline?: string;
  readonly limit: number;
  readonly json?: boolean;
};

export function addShow(program: Command, context: CliContext): void {
  program
    .command('show')
    .description('show rows of a model, a seed or a landed table, or of a query over the warehouse; it can only read')
    .argument('[model]', 'a model or seed by name, or a landed table as source.table')
    .option('-s, --select <model>', 'the same')
    .option('--inline <sql>', 'a query; ref, source, var and macros work in it')
    .option('--limit <rows>', 'at most this many rows', wholeNumber, 20)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option(
      '--as-of <moment>',
      'landed tables, and models over them, as of a run or a time: 12, 2026-01-31, 2026-01-31T08:00:00Z',
    )
    .option('--run-clock <time>', 'what run_started_at says; now when left out')
    .option('--json', 'one JSON document on stdout: an array of rows, every value as text or null')
    .action(async (argument: string | undefined, given: ShowOptions, command: Command): Promise<void> => {
      const options = { ...command.optsWithGlobals<ShowOptions>(), ...given };
      const { root, compiled } = openProject(options, context);
      const name = argument ?? options.select;
      if ((name === undefined) === (options.inline === undefined)) {
        throw new EngineError('QUERY_FAILED', 'give either a model or --inline "select ..."');
      }
      const template = options.inline ?? wholeOf(name as string, compiled);
      // What is wrong with the template is told before a server is started.
      const rows = await withLazyWarehouse({ root, temporal: false, readOnly: true }, context, async (open) => {
        const ask = async (sql: string) => (await open()).query(sql);
        const rendered = await compiled.renderAround(template, { file: '--inline', line: 1 }, { ask });
        return readQuery(compiled.standalone(rendered), options.limit, await open());
      });
      if (options.json) return context.out(`${JSON.stringify(rows, null, 2)}\n`);
      if (rows.length === 0) return context.say('no rows');
      const columns = Object.keys(rows[0] ?? {});
      context.out(
        formatTable([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))])
          .map((row) => `${row}\n`)
          .join(''),
      );
      if (rows.length === options.limit) context.say(`the first ${options.limit} rows; --limit shows more`);
    });
}

/** A reference brings an ephemeral model's SQL with it. */
function wholeOf(name: string, compiled: CompiledProject): string {
  const [source, table] = name.split('.');
  compiled.relation(name);
  if (table === undefined) return `select * from {{ ref('${name}') }}`;
  return `select * from {{ source('${source}', '${table}') }}`;
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 9,999,999 is expected');
  return Number(text);
}
