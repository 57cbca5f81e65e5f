import type { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

export function addWorker(program: Command, context: CliContext): void {
  program
    .command('worker')
    .description('run a Temporal worker, and keep the schedules as tickmark.yml has them, until Ctrl-C')
    .action(async (_options: object, command: Command): Promise<void> => {
      const root = findRoot(command.optsWithGlobals<ProjectOptions>().projectDir, context.cwd);
      await withWarehouse({ root, temporal: true }, context, ({ world }) =>
        context.runWorker(world, context.interrupted),
      );
    });
}
