import type { Duplex } from 'node:stream';
import type pg from 'pg';
import { takeAtOnce } from './reading-socket.ts';

/**
 * One `copy ... to stdout` under way on a client: what it gives, byte for byte, in batches. Read once; a batch is only valid until
 * the next is asked for.
 */
export interface CopyOut extends pg.Submittable {
  readonly batches: () => AsyncGenerator<Buffer>;
  /** Whether the server has answered to the end, rows or an error: else the session cannot be used again. */
  readonly isOver: () => boolean;
}

/** The server sends one message a row; rows are handed on in batches, because every hand-over costs more than a row. */
const BATCH_BYTES = 128 * 1024;
/** Batches that may lie ready before the socket is paused. */
const MAX_READY = 4;
const HEAD_BYTES = 5;
const CODE = { copyData: 0x64, copyOut: 0x48, notice: 0x4e, notification: 0x41, parameter: 0x53 } as const;
const PASSED_OVER: ReadonlySet<number> = new Set([CODE.copyOut, CODE.notice, CODE.notification, CODE.parameter]);

/**
 * Takes the socket from pg while rows come, because pg-copy-streams takes twice the time over narrow rows. Give it to
 * `client.query`. `patiently` waits for bytes on its behalf.
 */
export function copyOut(sql: string, patiently: (bytes: Promise<void>) => Promise<void> = (bytes) => bytes): CopyOut {
  const ready: Buffer[] = [];
  let socket: Duplex | undefined;
  let parser: ((chunk: Buffer) => void) | undefined;
  let release: (() => void) | undefined;
  let over = false;
  let failure: { readonly error: unknown } | undefined;
  let wake: (() => void) | undefined;

  /** Memory of batches that were read. */
  const free: Buffer[] = [];
  let batch: Buffer = Buffer.allocUnsafeSlow(BATCH_BYTES);
  let filled = 0;
  const flush = (): void => {
    if (filled > 0) {
      ready.push(batch.subarray(0, filled));
      batch = free.pop() ?? Buffer.allocUnsafeSlow(BATCH_BYTES);
      filled = 0;
    }
    if (ready.length >= MAX_READY) socket?.pause();
    wake?.();
  };
  const keep = (chunk: Buffer, from: number, to: number): void => {
    for (let at = from; at < to;) {
      const copied = chunk.copy(batch, filled, at, to);
      at += copied;
      filled += copied;
      if (filled === BATCH_BYTES) flush();
    }
  };

  const head = Buffer.alloc(HEAD_BYTES);
  let headBytes = 0;
  /** Bytes still to come of the message at hand. */
  let left = 0;
  let isData = false;
  const onData = (chunk: Buffer): void => {
    for (let at = 0; at < chunk.length;) {
      if (left > 0) {
        const end = Math.min(at + left, chunk.length);
        if (isData) keep(chunk, at, end);
        left -= end - at;
        at = end;
        continue;
      }
      let code: number;
      if (headBytes === 0 && chunk.length - at >= HEAD_BYTES) {
        code = chunk.readUInt8(at);
        left = chunk.readUInt32BE(at + 1) - 4;
        at += HEAD_BYTES;
      } else {
        const copied = chunk.copy(head, headBytes, at, at + HEAD_BYTES - headBytes);
        headBytes += copied;
        at += copied;
        if (headBytes < HEAD_BYTES) return;
        headBytes = 0;
        code = head.readUInt8(0);
        left = head.readUInt32BE(1) - 4;
      }
      isData = code === CODE.copyData;
      if (isData || PASSED_OVER.has(code)) continue;
      head.writeUInt8(code, 0);
      head.writeUInt32BE(left + 4, 1);
      return handBack(Buffer.concat([head, chunk.subarray(at)]));
    }
  };
  /** The end of the rows, or an error: pg reads on from here. */
  const handBack = (rest: Buffer): void => {
    flush();
    socket?.removeListener('data', onData);
    release?.();
    if (parser) socket?.on('data', parser);
    parser?.(rest);
  };

  const query = {
    submit: (connection: pg.Connection) => {
      socket = connection.stream;
      parser = socket.listeners('data')[0] as (chunk: Buffer) => void;
      socket.removeListener('data', parser);
      socket.on('data', onData);
      release = takeAtOnce(socket);
      connection.query(sql);
    },
    handleError: (error: unknown) => {
      failure ??= { error };
      wake?.();
    },
    handleCommandComplete: () => undefined,
    handleReadyForQuery: () => {
      over = true;
      wake?.();
    },
    isOver: () => over || failure !== undefined,
    batches: async function* (): AsyncGenerator<Buffer> {
      for (;;) {
        const next = ready.shift();
        if (next !== undefined) {
          if (ready.length < MAX_READY / 2) socket?.resume();
          yield next;
          if (next.buffer.byteLength === BATCH_BYTES) free.push(Buffer.from(next.buffer));
        } else if (failure) throw failure.error;
        else if (over) return;
        else {
          await patiently(new Promise((resolve) => (wake = resolve)));
          wake = undefined;
        }
      }
    },
  };
  return query;
}
