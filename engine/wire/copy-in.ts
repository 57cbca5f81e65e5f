import type { Socket } from 'node:net';
import type pg from 'pg';

/** One `copy ... from stdin` under way on a client. Give it to `client.query`. */
export interface CopyIn extends pg.Submittable {
  /** Sends every chunk and gives the rows that the server reports. What the chunks' source throws is thrown, and nothing stays. */
  readonly take: (chunks: AsyncIterable<Buffer>) => Promise<bigint>;
}

/** pg's types leave out what it has. */
interface Wire {
  readonly stream: Socket;
  readonly query: (sql: string) => void;
  readonly sendCopyFail: (reason: string) => void;
  readonly endCopyFrom: () => void;
}

const COPY_DATA = 0x64;

/**
 * Hands each chunk to the socket before it asks for the next, so that a source may use one piece of memory for all of them:
 * pg-copy-streams takes chunks as they come and gives no sign when one was sent, and giving every chunk its own memory costs
 * more processor time than hashing it.
 */
export function copyIn(sql: string): CopyIn {
  let wire: Wire | undefined;
  let rows = 0n;
  const started = Promise.withResolvers<void>();
  const over = Promise.withResolvers<void>();
  // Whoever waits for neither must not make them unhandled.
  started.promise.catch(() => undefined);
  over.promise.catch(() => undefined);

  const send = (chunk: Buffer): Promise<void> =>
    new Promise((resolve, reject) => {
      const head = Buffer.allocUnsafe(5);
      head.writeUInt8(COPY_DATA, 0);
      head.writeUInt32BE(chunk.length + 4, 1);
      wire?.stream.cork();
      wire?.stream.write(head);
      wire?.stream.write(chunk, (error) => (error ? reject(error) : resolve()));
      wire?.stream.uncork();
    });

  const query = {
    submit: (connection: pg.Connection) => {
      wire = connection as unknown as Wire;
      wire.query(sql);
    },
    handleCopyInResponse: () => started.resolve(),
    handleCommandComplete: ({ text }: { readonly text: string }) => {
      rows = BigInt(/^COPY (\d+)/.exec(text)?.[1] ?? '0');
    },
    handleReadyForQuery: () => over.resolve(),
    handleError: (error: unknown) => {
      started.reject(error);
      over.reject(error);
    },
    take: async (chunks: AsyncIterable<Buffer>) => {
      await started.promise;
      try {
        for await (const chunk of chunks) await Promise.race([send(chunk), over.promise]);
      } catch (error) {
        wire?.sendCopyFail('the rows ended with an error');
        await over.promise.catch(() => undefined);
        throw error;
      }
      wire?.endCopyFrom();
      await over.promise;
      return rows;
    },
  };
  return query;
}
