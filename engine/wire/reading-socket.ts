import { Socket } from 'node:net';

const BUFFER_BYTES = 256 * 1024;

/** Sockets whose listener is done with a chunk when it returns. */
const takenAtOnce = new WeakSet<object>();

/**
 * A socket for pg's `stream` option that reads into one piece of memory of its own: over a large table, giving every chunk new
 * memory costs more processor time than all that is done with it. Listeners get a copy as ever, unless `takeAtOnce` says that
 * they need none. With TLS the driver reads through a socket of its own, so this one stays plain.
 */
export function readingSocket(config: { readonly ssl?: unknown }): Socket {
  if (config.ssl) return new Socket();
  const socket: Socket = new Socket({
    onread: {
      buffer: Buffer.allocUnsafeSlow(BUFFER_BYTES),
      callback: (bytes, memory) => {
        const chunk = Buffer.from(memory.buffer, memory.byteOffset, bytes);
        socket.emit('data', takenAtOnce.has(socket) ? chunk : Buffer.from(chunk));
        return !socket.isPaused();
      },
    },
  } as ConstructorParameters<typeof Socket>[0]);
  return socket;
}

/** Says that whoever listens on the socket now is done with a chunk when it returns; gives what takes that back. */
export function takeAtOnce(socket: object): () => void {
  takenAtOnce.add(socket);
  return () => void takenAtOnce.delete(socket);
}
