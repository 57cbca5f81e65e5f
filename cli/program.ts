import { Command } from 'commander';
import type { CliContext } from './context.ts';
import { COMMANDS } from './commands.ts';

/**
 * The command line. Exit codes: 0 all good, 1 something handled failed, 2 unexpected. Only the file of the command that `args`
 * name is loaded, so that listing models does not wait for servers and drivers; all of them for help and for an unknown command.
 */
export async function createProgram(context: CliContext, args: readonly string[]): Promise<Command> {
  const program = new Command('tickmark')
    .description('continuous auditing as code')
    .version(context.toolVersion)
    .option('--project-dir <folder>', 'the folder with tickmark.yml; the nearest one upward when left out')
    .configureOutput({ writeOut: context.out, writeErr: (text) => context.say(text.trimEnd()) })
    .showHelpAfterError('(tickmark --help shows the commands)')
    .exitOverride();
  for (const { load } of needed(args)) (await load())(program, context);
  for (const command of allCommands(program)) command.exitOverride();
  return program;
}

function needed(args: readonly string[]): typeof COMMANDS {
  const named = namedCommand(args);
  if (named === undefined && args.some((word) => word === '--version' || word === '-V')) return [];
  const wanted = COMMANDS.filter(({ names }) => named !== undefined && names.includes(named));
  return wanted.length > 0 ? wanted : COMMANDS;
}

/** The first word that is neither an option nor the value of one; `--project-dir` is the only option before a command. */
function namedCommand(args: readonly string[]): string | undefined {
  return args.find((word, at) => !word.startsWith('-') && args[at - 1] !== '--project-dir');
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
