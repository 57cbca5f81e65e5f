import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressJudge } from '../../../engine/connectors/http/judge-address.ts';
import { pinHost } from '../../../engine/connectors/http/pin-host.ts';
import { API_SECRETS, startHttpApi } from '../../servers/http-api.ts';
import type { HttpApi } from '../../servers/http-api.ts';
import { catchError } from '../../setup/catch-error.ts';
import { connectionTo, openApi, readAll, readRequest } from './http-reading.ts';

/** Counts whoever connects to this machine, by whatever address of it. */
let listener: Server;
let port: number;
let connections = 0;
let api: HttpApi;
beforeAll(async () => {
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, '0.0.0.0', resolve));
  port = (listener.address() as AddressInfo).port;
  api = await startHttpApi();
  api.tables.set('sales', ['{"id":1}']);
});
afterAll(async () => {
  await new Promise((resolve) => listener.close(resolve));
  await api.stop();
});

const table = { name: 'sales', path: 'all/sales', records: '/data' };
const TARGETS = [
  'http://127.0.0.1:PORT/',
  'https://127.0.0.1:PORT/',
  'http://127.1:PORT/',
  'http://127.0.1:PORT/',
  'http://2130706433:PORT/',
  'http://0x7f000001:PORT/',
  'http://0x7f.0.0.1:PORT/',
  'http://0177.0.0.1:PORT/',
  'http://017700000001:PORT/',
  'http://127.000.000.001:PORT/',
  'http://①②⑦.⓪.⓪.①:PORT/',
  'http://127.255.255.254:PORT/',
  'http://0.0.0.0:PORT/',
  'http://0:PORT/',
  'http://localhost:PORT/',
  'http://LOCALHOST:PORT/',
  'http://localhost.:PORT/',
  'http://a.localhost:PORT/',
  'http://[::1]:PORT/',
  'http://[::]:PORT/',
  'http://[0:0:0:0:0:0:0:1]:PORT/',
  'http://[::ffff:127.0.0.1]:PORT/',
  'http://[::ffff:7f00:1]:PORT/',
  'http://[::127.0.0.1]:PORT/',
  'http://[::ffff:0:7f00:1]:PORT/',
  'http://[64:ff9b::7f00:1]:PORT/',
  'http://[64:ff9b:1::7f00:1]:PORT/',
  'http://[2002:7f00:1::]:PORT/',
  'http://[2001:0:7f00:1::]:PORT/',
  'http://[fe80::1]:PORT/',
  'http://[fec0::1]:PORT/',
  'http://[fd00::1]:PORT/',
  'http://[ff02::1]:PORT/',
  'http://[2001:db8::1]:PORT/',
  'http://[100::1]:PORT/',
  'http://10.0.0.1:PORT/',
  'http://172.16.0.1:PORT/',
  'http://192.168.0.1:PORT/',
  'http://169.254.169.254/latest/meta-data/',
  'http://100.64.0.1:PORT/',
  'http://198.18.0.1:PORT/',
  'http://224.0.0.1:PORT/',
  'http://240.0.0.1:PORT/',
  'http://255.255.255.255:PORT/',
  'ftp://127.0.0.1:PORT/',
  'gopher://127.0.0.1:PORT/',
  'ws://127.0.0.1:PORT/',
];

test('none of the ways to write an address inside is connected to; the same listener is reached once it is listed', async () => {
  for (const target of TARGETS) {
    const url = target.replace('PORT', String(port));
    const error = await catchError(() => openApi(connectionTo(url, { allow_networks: [] })));
    expect([target, error.code]).toEqual([target, 'EXTRACT_ADDRESS_REFUSED']);
  }
  for (const url of ['file:///etc/passwd', 'data:application/json,[]', 'not a url', 'http://']) {
    expect((await catchError(() => openApi(connectionTo(url)))).code).toMatch(/ADDRESS_REFUSED|CONFIG_INVALID/);
  }
  expect(TARGETS.length).toBeGreaterThanOrEqual(40);
  expect(connections).toBe(0);

  for (const target of [
    'http://127.0.0.1:PORT/',
    'http://2130706433:PORT/',
    'http://localhost:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
  ]) {
    const before = connections;
    const allowed = connectionTo(target.replace('PORT', String(port)), { allow_networks: ['127.0.0.0/8'] });
    await catchError(() => readAll(allowed, { table }));
    expect([target, connections > before]).toEqual([target, true]);
  }
});

test('the token URL is judged in the same way', async () => {
  const { clientId, clientSecret } = API_SECRETS;
  api.options.auth = 'oauth2';
  const before = connections;
  for (const token_url of [`http://10.1.2.3:${port}/`, `http://[::1]:${port}/`, `http://169.254.169.254/token`]) {
    const auth = { type: 'oauth2', token_url, client_id: clientId, client_secret: clientSecret };
    const error = await catchError(() => readAll(connectionTo(api.url, { auth }), { table }));
    expect(error.message).toMatch(/^connection shop, auth.token_url: .*\[EXTRACT_ADDRESS_REFUSED\]$/);
  }
  expect(connections).toBe(before);
  api.options.auth = 'none';
});

test('a name is resolved once: what the name service says later does not move the connection', async () => {
  const answers = [['127.0.0.1'], ['10.9.9.9'], ['10.9.9.9']];
  let asked = 0;
  const resolve = (): Promise<readonly string[]> => Promise.resolve(answers[asked++] ?? []);
  const named = connectionTo(`http://api.example:${api.port}`);
  const open = await openApi(named, { resolve });
  for (let at = 0; at < 3; at += 1) await open.read(readRequest({ table }));
  expect(asked).toBe(1);
  expect(api.requests.at(-1)?.headers.host).toBe(`api.example:${api.port}`);
  await open.close();
  // Control: the next time it is opened the name leads elsewhere, and that is refused.
  expect((await catchError(() => openApi(named, { resolve }))).code).toBe('EXTRACT_ADDRESS_REFUSED');
});

test('of a name with several addresses only those that were allowed are ever given to a connection', async () => {
  const pin = (addresses: readonly string[]) =>
    pinHost({
      url: new URL('https://api.example/'),
      called: 'connection shop',
      judge: addressJudge(['10.1.0.0/16', 'fd00:1::/32'], 'shop'),
      signal: new AbortController().signal,
      timeoutMs: 1_000,
      resolve: () => Promise.resolve(addresses),
    });
  const lookup = await pin(['127.0.0.1', '93.184.216.34', '10.1.2.3', '::1', '2606:4700::1', 'fd00:1::1', 'fd00:2::1']);
  const given = await new Promise((resolve) => lookup('api.example', { all: true }, (_error, found) => resolve(found)));
  expect(given).toEqual([
    { address: '93.184.216.34', family: 4 },
    { address: '10.1.2.3', family: 4 },
    { address: '2606:4700::1', family: 6 },
    { address: 'fd00:1::1', family: 6 },
  ]);
  const other = await new Promise((resolve) => lookup('evil.example', { all: true }, resolve));
  expect(other).toBeInstanceOf(Error);
  const error = await catchError(() => pin(['127.0.0.1', '::1']));
  expect(error.message).toBe(
    'connection shop: api.example is not an address of the public internet [EXTRACT_ADDRESS_REFUSED]',
  );
});

test('a name that cannot be resolved, or not in time, is unreachable; a network that is none is refused by name', async () => {
  const connection = connectionTo('http://api.example/', { limits: { seconds: 1 } });
  const failing = openApi(connection, {
    resolve: () => Promise.reject(Object.assign(new Error(), { code: 'ENOTFOUND' })),
  });
  expect((await catchError(() => failing)).message).toBe(
    'connection shop: the name api.example could not be resolved (ENOTFOUND) [SOURCE_UNREACHABLE]',
  );
  const silent = openApi(connection, { resolve: () => new Promise(() => undefined) });
  expect((await catchError(() => silent)).message).toContain('(TIMEOUT) [SOURCE_UNREACHABLE]');
  const bad = connectionTo('http://api.example/', { allow_networks: ['10.0.0.0/33'] });
  expect((await catchError(() => openApi(bad))).message).toContain(
    'connections.shop.allow_networks: 10.0.0.0/33 is not an address',
  );
  const secret = connectionTo('http://user:canary@api.example/');
  expect((await catchError(() => openApi(secret))).message).toBe(
    'connection shop: it holds a user or password; give them under auth [CONFIG_INVALID]',
  );
});
