import { describeFault } from '../engine/connectors/files/describe-fault.ts';
import { parseFiles } from '../engine/connectors/files/parse-files.ts';
import type { ParseJob, ParserMessage } from '../engine/connectors/files/parse-job.ts';

/**
 * The process that parses the files of one table: what a hostile file does, it does to this process alone. It is given its job
 * by message, writes the rows to its standard output and tells the rest by message.
 */
const ALIVE_MS = 1_000;

const send = (message: ParserMessage): void => {
  process.send?.(message);
};
let onKept: (() => void) | undefined;

process.on('message', (message: { readonly job: ParseJob } | { readonly kept: true }) => {
  if ('job' in message) void run(message.job);
  else onKept?.();
});
// Without its parent it has nobody to write for.
let done = false;
process.on('disconnect', () => process.exit(done ? 0 : 1));
process.stdout.on('error', () => process.exit(1));

async function run(job: ParseJob): Promise<void> {
  const alive = setInterval(() => send({ kind: 'alive' }), ALIVE_MS);
  try {
    const tail = await parseFiles(job, {
      send,
      reject: (rows) =>
        new Promise((resolve) => {
          onKept = resolve;
          send({ kind: 'reject', rows });
        }),
      write: (bytes) =>
        new Promise((resolve) => {
          if (process.stdout.write(bytes)) resolve();
          else process.stdout.once('drain', resolve);
        }),
    });
    send({ kind: 'tail', tail });
  } catch (error) {
    send({ kind: 'fault', fault: describeFault(error) });
  }
  clearInterval(alive);
  done = true;
  process.stdout.end(() => process.disconnect());
}
