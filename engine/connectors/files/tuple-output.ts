import type { RejectedRow } from '../connector.ts';
import type { ParserPort } from './parse-job.ts';

const BATCH_BYTES = 192 * 1024;
const BATCH_ROWS = 500;

/** Hands rows on in batches, and waits until they are taken: what is in memory stays small whatever the file's size. */
export interface TupleOutput {
  /** To be called between rows; writes when a batch is full. */
  readonly flush: (pending: { readonly pendingBytes: () => number; readonly take: () => Buffer }) => Promise<void>;
  readonly reject: (row: RejectedRow) => Promise<void>;
  /** The rest of both. */
  readonly end: (last: Buffer) => Promise<void>;
}

export function tupleOutput(port: ParserPort): TupleOutput {
  let rejected: RejectedRow[] = [];
  const sendRejected = async (): Promise<void> => {
    const rows = rejected;
    rejected = [];
    await port.reject(rows);
  };
  return {
    flush: async (pending) => {
      if (pending.pendingBytes() >= BATCH_BYTES) await port.write(pending.take());
    },
    reject: async (row) => {
      rejected.push(row);
      if (rejected.length >= BATCH_ROWS) await sendRejected();
    },
    end: async (last) => {
      if (rejected.length > 0) await sendRejected();
      await port.write(last);
    },
  };
}
