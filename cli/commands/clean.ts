import { rmSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { EngineError } from '../../engine/errors.ts';
import { targetPathOption } from '../build-options.ts';
import type { CliContext } from '../context.ts';
import { findRoot } from '../find-root.ts';
import type { ProjectOptions } from '../open-project.ts';

type CleanOptions = ProjectOptions & { readonly targetPath: string };

/** What holds the project itself: never taken for artifacts. */
const KEPT = ['', 'sql', 'checks', '.tickmark', '.git'];

export function addClean(program: Command, context: CliContext): void {
  const command = program.command('clean').description('remove the folder of artifacts');
  command.addOption(targetPathOption()).action((given: CleanOptions) => {
    const options = { ...command.optsWithGlobals<CleanOptions>(), ...given };
    const root = findRoot(options.projectDir, context.cwd);
    const folder = relative(root, resolve(root, options.targetPath));
    if (folder.startsWith('..') || KEPT.includes(folder.split(/[/\\]/)[0] ?? '')) {
      throw new EngineError(
        'OPTION_INVALID',
        `--target-path ${options.targetPath} is not a folder of artifacts of this project`,
      );
    }
    rmSync(resolve(root, folder), { recursive: true, force: true });
    context.say(`removed ${folder}/`);
  });
}
