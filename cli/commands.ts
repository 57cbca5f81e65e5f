import type { Command } from 'commander';
import type { CliContext } from './context.ts';

type Add = (program: Command, context: CliContext) => void;

/** Every command with its words and the file that holds it, in the order of the help. */
export const COMMANDS: readonly { readonly names: readonly string[]; readonly load: () => Promise<Add> }[] = [
  { names: ['init'], load: async () => (await import('./commands/init.ts')).addInit },
  { names: ['demo'], load: async () => (await import('./commands/demo.ts')).addDemo },
  { names: ['refresh'], load: async () => (await import('./commands/refresh.ts')).addRefresh },
  { names: ['engagement'], load: async () => (await import('./commands/engagement.ts')).addEngagement },
  { names: ['build', 'run', 'seed', 'snapshot'], load: async () => (await import('./commands/build.ts')).addBuild },
  { names: ['parse'], load: async () => (await import('./commands/parse.ts')).addParse },
  { names: ['retry'], load: async () => (await import('./commands/retry.ts')).addRetry },
  { names: ['intervals'], load: async () => (await import('./commands/intervals.ts')).addIntervals },
  { names: ['debug'], load: async () => (await import('./commands/debug.ts')).addDebug },
  { names: ['run-operation'], load: async () => (await import('./commands/run-operation.ts')).addRunOperation },
  { names: ['clean'], load: async () => (await import('./commands/clean.ts')).addClean },
  { names: ['ls', 'list'], load: async () => (await import('./commands/ls.ts')).addLs },
  { names: ['compile'], load: async () => (await import('./commands/compile.ts')).addCompile },
  { names: ['check', 'test'], load: async () => (await import('./commands/check.ts')).addCheck },
  { names: ['history'], load: async () => (await import('./commands/history.ts')).addHistory },
  { names: ['coverage'], load: async () => (await import('./commands/coverage.ts')).addCoverage },
  { names: ['mutate'], load: async () => (await import('./commands/mutate.ts')).addMutate },
  { names: ['diff'], load: async () => (await import('./commands/diff.ts')).addDiff },
  { names: ['source'], load: async () => (await import('./commands/source.ts')).addSource },
  { names: ['show'], load: async () => (await import('./commands/show.ts')).addShow },
  { names: ['trace'], load: async () => (await import('./commands/trace.ts')).addTrace },
  { names: ['verify'], load: async () => (await import('./commands/verify.ts')).addVerify },
  { names: ['ledger'], load: async () => (await import('./commands/ledger.ts')).addLedger },
  { names: ['lineage'], load: async () => (await import('./commands/lineage.ts')).addLineage },
  { names: ['docs'], load: async () => (await import('./commands/docs.ts')).addDocs },
  { names: ['worker'], load: async () => (await import('./commands/worker.ts')).addWorker },
  { names: ['serve'], load: async () => (await import('./commands/serve.ts')).addServe },
];
