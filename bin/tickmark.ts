import { readFileSync } from 'node:fs';
import { CommanderError } from 'commander';
import { createProgram } from '../cli/program.ts';
import { previewChecks } from '../engine/check/preview-checks.ts';
import { EngineError } from '../engine/errors.ts';
import { openWorld } from './open-world.ts';
import { receiveWebhooks } from './receive-webhooks.ts';
import { runWorker } from './run-worker.ts';
import { servePage } from './serve-page.ts';
import { spawnWorker } from './spawn-worker.ts';

let exitCode = 0;
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const interrupted = untilInterrupted();

const program = createProgram({
  env: process.env,
  cwd: process.cwd(),
  out: (text) => void process.stdout.write(text),
  say,
  failed: () => {
    exitCode = 1;
  },
  toolVersion: version,
  openWorld: (options) => openWorld(options, { env: process.env, say }),
  runWorker: (world, stopped) =>
    runWorker(world, { stopped, toolVersion: version, say, ready: () => process.send?.('ready') }),
  spawnWorker,
  serve: servePage,
  previewChecks,
  receiveWebhooks,
  interrupted,
});

try {
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
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 1;
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

function frames(error: unknown): string {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.filter((line) => line.startsWith('    at ')).join('\n');
}
