import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import type { ProjectOptions } from '../open-project.ts';
import { withWarehouse } from '../with-warehouse.ts';

export function addServe(program: Command, context: CliContext): void {
  program
    .command('serve')
    .description('serve the status page until Ctrl-C')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <port>', 'port to listen on; 0 takes a free one', port, 8080)
    .action(async (options: ProjectOptions & { host: string; port: number }, command: Command): Promise<void> => {
      const root = findRoot(command.optsWithGlobals<ProjectOptions>().projectDir, context.cwd);
      await withWarehouse({ root, temporal: false, readOnly: true }, context, async ({ world }) => {
        const page = await context.serve(world, { ...options, orFree: false });
        context.say(`status page: ${page.url}`);
        await context.interrupted;
        await page.stop();
      });
    });
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535) throw new InvalidArgumentError('a port from 0 to 65535 is expected');
  return value;
}
