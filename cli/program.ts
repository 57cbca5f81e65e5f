import { Command } from 'commander';
import { addCheck } from './commands/check.ts';
import { addCompile } from './commands/compile.ts';
import { addDemo } from './commands/demo.ts';
import { addEngagement } from './commands/engagement.ts';
import { addLedger } from './commands/ledger.ts';
import { addLs } from './commands/ls.ts';
import { addRefresh } from './commands/refresh.ts';
import { addServe } from './commands/serve.ts';
import { addShow } from './commands/show.ts';
import { addTrace } from './commands/trace.ts';
import { addVerify } from './commands/verify.ts';
import { addWorker } from './commands/worker.ts';
import type { CliContext } from './context.ts';

/** The command line. Exit codes: 0 all good, 1 something handled failed, 2 unexpected. */
export function createProgram(context: CliContext): Command {
  const program = new Command('tickmark')
    .description('continuous auditing as code')
    .version(context.toolVersion)
    .option('--project-dir <folder>', 'the folder with tickmark.yml; the nearest one upward when left out')
    .configureOutput({ writeOut: context.out, writeErr: (text) => context.say(text.trimEnd()) })
    .showHelpAfterError('(tickmark --help shows the commands)')
    .exitOverride();
  for (const add of [
    addDemo,
    addRefresh,
    addEngagement,
    addLs,
    addCompile,
    addCheck,
    addShow,
    addTrace,
    addVerify,
    addLedger,
    addWorker,
    addServe,
  ]) {
    add(program, context);
  }
  for (const command of allCommands(program)) command.exitOverride();
  return program;
}

function allCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(allCommands)];
}
