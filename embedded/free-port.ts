import { createServer } from 'node:net';

/** Resolves to the preferred port when nobody listens on it, else to another free one, both on loopback. */
export async function freePort(preferred: number | undefined): Promise<number> {
  const kept = preferred === undefined ? null : await probe(preferred);
  const port = kept ?? (await probe(0));
  if (port === null) throw new Error('no free port on 127.0.0.1');
  return port;
}

function probe(port: number): Promise<number | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(null));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => {
      const address = server.address();
      const found = typeof address === 'object' && address !== null ? address.port : null;
      server.close(() => resolve(found));
    });
  });
}
