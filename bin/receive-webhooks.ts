import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A receiver of webhooks on loopback that keeps the text of each: where `npm start` shows that alerts go out. */
export async function receiveWebhooks(): Promise<{
  readonly url: string;
  readonly texts: () => readonly string[];
  readonly stop: () => Promise<void>;
}> {
  const texts: string[] = [];
  const server = createServer((request, response) => {
    text(request)
      .then((body) => {
        texts.push(String((JSON.parse(body) as { text?: unknown }).text));
        response.writeHead(200).end('ok');
      })
      .catch(() => response.writeHead(400).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    texts: () => texts,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
