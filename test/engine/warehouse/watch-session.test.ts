import { createServer, connect as connectTcp } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { watchSession } from '../../../engine/warehouse/watch-session.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';

const FAST = { everyMs: 100, answerMs: 300, misses: 2 };

let db: TestWarehouse;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());

/** The warehouse behind a wire that can go silent: bytes are taken and never passed on. */
async function behindWire() {
  const target = new URL(db.url);
  const sockets: Socket[] = [];
  let silent = false;
  const server = createServer((socket) => {
    const upstream = connectTcp(Number(target.port), target.hostname);
    sockets.push(socket, upstream);
    for (const [from, to] of [
      [socket, upstream],
      [upstream, socket],
    ] as const) {
      from.on('data', (chunk) => void (silent || to.write(chunk)));
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = new URL(db.url);
  url.port = String((server.address() as AddressInfo).port);
  return {
    options: { connectionString: url.href },
    fallSilent: () => {
      silent = true;
    },
    stop: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

async function statementOver(seconds: number, options: { readonly silentAfterMs?: number; readonly watched: boolean }) {
  const wire = await behindWire();
  const client = new pg.Client(wire.options);
  client.on('error', () => undefined);
  await client.connect();
  const unwatch = options.watched ? watchSession(client, wire.options, FAST) : () => undefined;
  if (options.silentAfterMs !== undefined) setTimeout(wire.fallSilent, options.silentAfterMs);
  const outcome = await Promise.race([
    client.query('select pg_sleep($1)', [seconds]).then(
      () => 'answered',
      () => 'failed',
    ),
    new Promise((resolve) => setTimeout(resolve, 3_000, 'hangs')),
  ]);
  unwatch();
  wire.stop();
  await client.end().catch(() => undefined);
  return outcome;
}

test('a statement whose server fell silent fails; a long one whose server answers goes on', async () => {
  expect(await statementOver(1, { watched: true, silentAfterMs: 50 })).toBe('failed');
  expect(await statementOver(1.5, { watched: true })).toBe('answered');
});

test('control: without the watch the same statement hangs', async () => {
  expect(await statementOver(1, { watched: false, silentAfterMs: 50 })).toBe('hangs');
});
