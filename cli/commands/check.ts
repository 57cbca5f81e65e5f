import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import pc from 'picocolors';
import type { CheckPreview } from '../../engine/contracts/check.ts';
import type { CliContext } from '../context.ts';
import { doneLine } from '../done-line.ts';
import { formatNumber } from '../format-number.ts';
import { listResources } from '../list-resources.ts';
import { openProject } from '../open-project.ts';
import type { ProjectOptions } from '../open-project.ts';
import { paintStatus } from '../paint-status.ts';
import { selectResources } from '../select-resources.ts';
import { withWarehouse } from '../with-warehouse.ts';

type CheckOptions = ProjectOptions & { readonly select?: string; readonly examples: number; readonly json?: boolean };

export function addCheck(program: Command, context: CliContext): void {
  program
    .command('check')
    .description('try checks on the tables as they stand; nothing is recorded and nobody is alerted')
    .option('-s, --select <selector>', 'which checks, or models whose checks; all when left out')
    .option('--examples <rows>', 'failing rows shown for each check', wholeNumber, 3)
    .option('--vars <vars>', 'variables as YAML or JSON, or name=value,name=value')
    .option('--json', 'one JSON document on stdout')
    .action(async (options: CheckOptions, command: Command): Promise<void> => {
      const { root, project, compiled } = openProject({ ...command.optsWithGlobals(), ...options }, context);
      const all = listResources(project, compiled);
      const ids = new Set((options.select ? selectResources(all, options.select) : all).map(({ id }) => id));
      const selected = project.checks.filter(({ id, on }) => ids.has(id) || ids.has(on));
      const { checks, sources } = project;
      const previews = await withWarehouse({ root, temporal: false }, context, ({ warehouse }) =>
        context.previewChecks({ selected, checks, sources, compiled, examples: options.examples }, { warehouse }),
      );
      if (previews.some(({ status }) => status !== 'pass' && status !== 'warn')) context.failed();
      if (options.json) return context.out(`${JSON.stringify(previews, null, 2)}\n`);
      context.out(`${[...previews.flatMap(format), '', doneLine(previews)].join('\n')}\n`);
    });
}

function format({ id, status, failures, population, message, examples }: CheckPreview): string[] {
  const counted = message ?? `${formatNumber(failures)} of ${formatNumber(population)}`;
  return [
    `${paintStatus(status.padEnd(7))} ${id}  ${counted}`,
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
