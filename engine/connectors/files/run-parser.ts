import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { EngineError } from '../../errors.ts';
import type { RejectedRow } from '../connector.ts';
import { faultError } from './describe-fault.ts';
import type { ParsedHead, ParsedTail, ParseJob, ParserMessage } from './parse-job.ts';

const PARSER = fileURLToPath(new URL('../../../bin/parse-file.ts', import.meta.url));
const HEAP_MB = 512;
/** Buffers lie beside the heap. Looked at every so often, on Linux; elsewhere the heap's limit stands alone. */
const MEMORY_MB = 1_024;
const WATCH_MS = 100;
const SILENT_SECONDS = 60;

/** A process that parses one table's files. Whatever they do to it, this one gets rows, or an error by name. */
export interface RunningParser {
  readonly head: Promise<ParsedHead>;
  readonly rows: () => AsyncIterable<Buffer>;
  /** Resolves after the last row. */
  readonly tail: Promise<ParsedTail>;
  /** Ends the process if it lives still; safe to repeat. */
  readonly stop: () => Promise<void>;
}

export function runParser(
  job: ParseJob,
  options: {
    /** Folder to keep the parser's compiled code in: it starts in a tenth of a second then. */
    readonly cache: string;
    /** How messages call what is read. */
    readonly called: string;
    readonly seconds: number;
    readonly signal: AbortSignal;
    readonly reject: (row: RejectedRow) => Promise<void>;
    readonly heapMb?: number;
  },
): RunningParser {
  const { called, seconds, signal, heapMb = HEAP_MB } = options;
  const child = fork(PARSER, [], {
    execArgv: [`--max-old-space-size=${heapMb}`],
    // It needs nothing of this process' surroundings, and secrets are among them.
    env: { NODE_COMPILE_CACHE: options.cache },
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  });
  // When a process ends, Node throws away what nobody has asked for yet.
  child.stdout?.on('readable', () => undefined);
  const head = Promise.withResolvers<ParsedHead>();
  const tail = Promise.withResolvers<ParsedTail>();
  const gone = Promise.withResolvers<void>();
  for (const { promise } of [head, tail]) promise.catch(() => undefined);
  let settled = false;
  let silent = 0;
  let waited = 0;
  let waiting = true;

  const fail = (error: unknown): void => {
    head.reject(error);
    tail.reject(error);
    settled = true;
    child.kill('SIGKILL');
  };
  const ceiling = (what: string): EngineError => new EngineError('EXTRACT_CEILING', what, { place: { file: called } });
  const onAbort = (): void => fail(new EngineError('EXTRACT_CANCELLED', `the reading of ${called} was cancelled`));
  const tick = async (): Promise<void> => {
    if ((await residentMb(child)) > MEMORY_MB) fail(ceiling(`parsing needs more than ${MEMORY_MB} MB of memory`));
    // What the reader of the rows takes its time for is not the parser's.
    if (!waiting) return;
    silent += WATCH_MS;
    waited += WATCH_MS;
    const limit = Math.min(seconds, SILENT_SECONDS);
    if (silent > limit * 1_000) fail(ceiling(`the parser made no progress in ${limit} seconds`));
    else if (waited > seconds * 1_000) fail(ceiling(`parsing takes longer than ${seconds} seconds`));
  };
  const watch = setInterval(() => void tick(), WATCH_MS);

  child.on('message', (message: ParserMessage) => {
    silent = 0;
    if (message.kind === 'head') head.resolve(message.head);
    else if (message.kind === 'fault') fail(faultError(message.fault));
    else if (message.kind === 'tail') tail.resolve(message.tail);
    else if (message.kind === 'reject') {
      keep(message.rows, options.reject).then(() => child.connected && child.send({ kept: true }), fail);
    }
  });
  child.on('error', () => fail(new EngineError('EXTRACT_FAILED', 'the process that parses files cannot be started')));
  child.on('close', (code, by) => {
    clearInterval(watch);
    signal.removeEventListener('abort', onAbort);
    if (!settled) {
      // V8 aborts when its heap is full.
      const full = by === 'SIGABRT' || by === 'SIGTRAP' || code === 134;
      const how = by ?? `code ${code}`;
      const error = full
        ? ceiling(`parsing needs more than ${heapMb} MB of memory`)
        : new EngineError('EXTRACT_FILE_REFUSED', `the parser died of it (${how})`, { place: { file: called } });
      head.reject(error);
      tail.reject(error);
    }
    gone.resolve();
  });
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  child.send(
    { job },
    (error) => error && fail(new EngineError('EXTRACT_FAILED', 'the process that parses files is gone')),
  );
  void head.promise.then(
    () => (waiting = false),
    () => undefined,
  );

  async function* rows(): AsyncIterable<Buffer> {
    try {
      waiting = true;
      for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
        waiting = false;
        silent = 0;
        yield chunk;
        waiting = true;
      }
      await tail.promise;
    } finally {
      await stop();
    }
  }
  const stop = async (): Promise<void> => {
    child.stdout?.destroy();
    child.kill('SIGKILL');
    await gone.promise;
  };
  return { head: head.promise, rows, tail: tail.promise, stop };
}

async function keep(rows: readonly RejectedRow[], reject: (row: RejectedRow) => Promise<void>): Promise<void> {
  for (const row of rows) await reject(row);
}

async function residentMb(child: ChildProcess): Promise<number> {
  if (child.pid === undefined) return 0;
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(status)?.[1] ?? 0) / 1024;
}
