import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CompiledProject, Rendered } from '../../engine/compile/compile-project.ts';
import { EngineError } from '../../engine/errors.ts';
import { readQuery } from '../../engine/warehouse/read-query.ts';
import type { CliContext } from '../context.ts';
import { formatTable } from '../format-table.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

export function addShow(program: Command, context: CliContext): void {
  program
    .command('show')
    .description('show rows of a model, or of a query over the warehouse; it can only read')
    .argument('[model]', 'a model by name')
    .option('-s, --select <model>', 'a model by name')
    .option('--inline <sql>', 'a query; ref, source and var work in it')
    .option('--limit <rows>', 'at most this many rows', wholeNumber, 20)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option(
      '--as-of <moment>',
      'landed tables, and models over them, as of a run or a time: 12, 2026-01-31, 2026-01-31T08:00:00Z',
    )
    .option('--json', 'one JSON document on stdout: an array of rows, every value as text or null')
    .action(
      async (
        argument: string | undefined,
        options: ProjectOptions & { select?: string; inline?: string; limit: number; json?: boolean },
        command: Command,
      ) => {
        const { root, compiled } = openProject({ ...command.optsWithGlobals(), ...options }, context);
        const name = argument ?? options.select;
        if ((name === undefined) === (options.inline === undefined)) {
          throw new EngineError('QUERY_FAILED', 'give either a model or --inline "select ..."');
        }
        const sql =
          options.inline === undefined
            ? compiled.standalone(wholeOf(name as string, compiled))
            : compiled.standalone(compiled.render(options.inline, { file: '--inline', line: 1 }));
        const rows = await withWarehouse({ root, temporal: false, readOnly: true }, context, ({ warehouse }) =>
          readQuery(sql, options.limit, warehouse),
        );
        if (options.json) return context.out(`${JSON.stringify(rows, null, 2)}\n`);
        if (rows.length === 0) return context.say('no rows');
        const columns = Object.keys(rows[0] ?? {});
        context.out(
          formatTable([columns, ...rows.map((row) => columns.map((column) => row[column] ?? ''))])
            .map((row) => `${row}\n`)
            .join(''),
        );
        if (rows.length === options.limit) context.say(`the first ${options.limit} rows; --limit shows more`);
      },
    );
}

function wholeOf(name: string, compiled: CompiledProject): Rendered {
  const isTable = name.includes('.');
  return {
    sql: `select * from ${compiled.relation(name)}`,
    dependsOn: { models: isTable ? [] : [name], sources: isTable ? [name] : [] },
  };
}

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError('a whole number from 1 to 9,999,999 is expected');
  return Number(text);
}
