import { readFileSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CliContext } from '../cli/context.ts';
import { EngineError } from '../engine/errors.ts';

// Half of a short command's time would be compiling; where the folder cannot be written to, it is.
enableCompileCache(fileURLToPath(new URL('../.tickmark/cache/compile', import.meta.url)));

let exitCode = 0;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const interrupted = untilInterrupted();

// Each part is loaded when a command needs it: servers, Temporal and drivers take longer to load than most commands to run.
const context: CliContext = {
  env: process.env,
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  say,
  failed: () => {
    exitCode = 1;
  },
  faulted: () => {
    exitCode = 2;
  },
  toolVersion: version,
  openWorld: async (options) => (await import('./open-world.ts')).openWorld(options, { env: process.env, say }),
  runWorker: async (world, stopped) =>
    (await import('./run-worker.ts')).runWorker(world, {
      stopped,
      toolVersion: version,
      say,
      ready: () => process.send?.('ready'),
    }),
  spawnWorker: async (...args) => (await import('./spawn-worker.ts')).spawnWorker(...args),
  serve: async (...args) => (await import('./serve-page.ts')).servePage(...args),
  previewChecks: async (...args) => (await import('./preview-checks.ts')).previewChecks(...args),
  runUnitTests: async (...args) => (await import('./run-unit-tests.ts')).runUnitTests(...args),
  build: async (input, deps) =>
    (await import('./build-vertical.ts')).buildVertical(input, { ...deps, toolVersion: version }),
  intervals: async (...args) => (await import('./read-intervals.ts')).readIntervals(...args),
  coverage: async (input, { warehouse }) => (await import('../engine/coverage/coverage.ts')).coverage(input, warehouse),
  mutate: async (...args) => (await import('./mutate-vertical.ts')).mutateVertical(...args),
  diffTables: async (...args) => (await import('../engine/diff/diff-tables.ts')).diffTables(...args),
  receiveWebhooks: async () => (await import('./receive-webhooks.ts')).receiveWebhooks(),
  interrupted,
};

try {
  const { createProgram } = await import('../cli/program.ts');
  const program = await createProgram(context, process.argv.slice(2));
  await program.parseAsync(process.argv);
} catch (error) {
  exitCode = tell(error);
}
// Output to a pipe is written later than process.exit would wait for.
process.stdout.write('', () => process.exit(exitCode));

/** The first signal stops the command in order. One Ctrl-C may arrive several times, by way of npm and the shell; a later one ends it at once. */
function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | undefined;
    const receive = (): void => {
      first ??= performance.now();
      if (performance.now() - first > 2_000) process.exit(130);
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, receive);
  });
}

function tell(error: unknown): number {
  if (isCommanderError(error)) return error.exitCode === 0 ? 0 : 1;
  if (error instanceof EngineError) {
    say(`error: ${error.message}\nhint: ${error.hint}`);
    return 1;
  }
  // The text of an unknown error may quote a row or a secret; it is told only when asked for.
  const name = error instanceof Error ? error.name : 'Error';
  const detail = process.env['TICKMARK_DEBUG'] && error instanceof Error ? (error.stack ?? '') : frames(error);
  say(`unexpected ${name}; this is a fault of Tickmark. TICKMARK_DEBUG=1 shows its text.\n${detail}`);
  return 2;
}

/** The parser of the command line is loaded when it is needed. */
function isCommanderError(error: unknown): error is Error & { readonly exitCode: number } {
  return error instanceof Error && 'code' in error && String(error.code).startsWith('commander.');
}

function frames(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => line.startsWith('    at ')).join('\n');
}
