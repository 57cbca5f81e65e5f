import { createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SourceTable } from '../../../engine/contracts/source.ts';
import { TIMING } from '../../../engine/connectors/http/persist.ts';
import { startHttpApi } from '../../servers/http-api.ts';
import type { ApiFault, HttpApi } from '../../servers/http-api.ts';
import { catchError } from '../../setup/catch-error.ts';
import { connectionTo, openApi, readAll, readRequest } from './http-reading.ts';

let api: HttpApi;
let usual: HttpApi['options'];
beforeAll(async () => {
  api = await startHttpApi();
  usual = { ...api.options };
  api.tables.set('sales', numbered(500));
});
afterAll(() => api.stop());
beforeEach(() => {
  Object.assign(api.options, usual);
  api.healAll();
});

const numbered = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `{"id":${at + 1}}`);
const connection = (more: Readonly<Record<string, unknown>> = {}) => connectionTo(api.url, more);
const table = {
  name: 'sales',
  path: 'cursor/sales',
  records: '/data',
  paging: { by: 'cursor', next: '/meta/next', param: 'after' },
} as const satisfies Partial<SourceTable>;
const ALL = Array.from({ length: 500 }, (_, at) => [String(at + 1)]);

test.each(['429', '429-date', '503', '500', 'reset', 'truncate', 'cut', 'empty'] as const)(
  'after %s in the middle only that page is asked for again, and every record lands once',
  async (fault) => {
    const before = api.requests.length;
    api.fail(fault, { page: 2, times: 2 });
    const { rows, figures } = await readAll(connection(), { table });
    expect(rows).toEqual(ALL);
    expect(figures.rows).toBe(500n);
    const asked = api.requests.slice(before).map(({ path }) => path);
    expect(asked.filter((path) => path.endsWith('after=c2'))).toHaveLength(3);
    expect(asked).toHaveLength(7);
  },
);

test.each(['429', '503', '500', 'reset', 'truncate', 'cut', 'empty'] as const)(
  'a server that gives %s for ever is unreachable after a bounded number of attempts',
  async (fault) => {
    const before = api.requests.length;
    api.fail(fault, { page: 1, times: 1_000 });
    const error = await catchError(() => readAll(connection(), { table }));
    expect(error.message).toMatch(/^connection shop, \/cursor\/sales, page 2: .*\[SOURCE_UNREACHABLE\]$/);
    expect(error).toMatchObject({ retryable: true });
    expect(api.requests.length - before).toBeLessThanOrEqual(7);
  },
);

test.each([
  ['html', 'the answer is not declared as JSON'],
  ['redirect', 'the server sends elsewhere (status 302), and that is not followed'],
  ['no-content', 'status 204'],
  ['bad-json', 'record 1: a value was expected'],
  ['not-utf8', 'it is not valid UTF-8'],
  ['latin1', 'its characters are not declared as UTF-8'],
  ['401', 'status 401'],
  ['403', 'status 403'],
  ['404', 'status 404'],
] as const)('%s is refused at once, without a word of the answer', async (fault, reason) => {
  const before = api.requests.length;
  api.fail(fault, { page: 1, times: 1_000 });
  const error = await catchError(() => readAll(connection(), { table }));
  expect(error.message).toBe(`connection shop, /cursor/sales, page 2: ${reason} [EXTRACT_HTTP_REFUSED]`);
  expect(error).toMatchObject({ retryable: false });
  expect(api.requests.length - before).toBe(2);
});

test('an answer that is longer than it says is never taken for a short page', async () => {
  api.fail('short-length', { page: 1, times: 1 });
  expect((await readAll(connection(), { table })).rows).toEqual(ALL);
});

test.each(['hang', 'stall'] as const)(
  'a server that falls silent (%s) is an error in bounded time, not a hang',
  async (fault) => {
    api.fail(fault as ApiFault, { page: 1, times: 1_000 });
    const start = performance.now();
    const error = await catchError(() => readAll(connection({ limits: { seconds: 1 } }), { table }));
    expect(error.code).toBe('SOURCE_UNREACHABLE');
    expect(performance.now() - start).toBeLessThan(12_000);
  },
  20_000,
);

test('a server that accepts connections and never speaks is an error in bounded time', async () => {
  const sockets = new Set<Socket>();
  const silent = createServer((socket) => void sockets.add(socket));
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const error = await catchError(() => readAll(connectionTo(url, { limits: { seconds: 1 } }), { table }));
  expect(error.message).toMatch(/page 1: no whole answer in 5 attempts \(.*\) \[SOURCE_UNREACHABLE\]/);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => silent.close(resolve));
}, 20_000);

test('a server that is not there is unreachable, with its code', async () => {
  const gone = await startHttpApi();
  await gone.stop();
  const error = await catchError(() => readAll(connectionTo(gone.url), { table }));
  expect(error.message).toBe(
    'connection shop, /cursor/sales, page 1: no whole answer in 5 attempts (ECONNREFUSED) [SOURCE_UNREACHABLE]',
  );
});

test('a Retry-After is obeyed in seconds and as a date by the server’s own clock', async () => {
  const patient = { ...TIMING, backoffMs: [1, 1] };
  for (const fault of ['429', '429-date'] as const) {
    const start = performance.now();
    api.fail(fault, { page: 1, times: 1 });
    const open = await openApi(connection(), { timing: patient });
    await open.read(readRequest({ table }));
    await open.close();
    expect(performance.now() - start).toBeGreaterThan(950);
  }
});

test('a pull that is cancelled ends within a second, whether it reads, waits or is told to close', async () => {
  const ended = async (
    fault: ApiFault,
    cancel: 'request' | 'context' | 'close',
  ): Promise<[string | undefined, number]> => {
    api.healAll();
    api.fail(fault, { page: 1, times: 1_000 });
    const [request, context] = [new AbortController(), new AbortController()];
    const timing = { ...TIMING, backoffMs: [60_000], longestWaitMs: 60_000 };
    const open = await openApi(connection(), { timing, signal: context.signal });
    const reading = catchError(() => open.read(readRequest({ table, signal: request.signal })));
    await new Promise((resolve) => setTimeout(resolve, 200));
    const start = performance.now();
    if (cancel === 'request') request.abort();
    if (cancel === 'context') context.abort();
    if (cancel === 'close') await open.close();
    const { code } = await reading;
    const took = performance.now() - start;
    await open.close();
    return [code, took];
  };
  for (const fault of ['hang', 'stall', '429', '500'] as const) {
    for (const cancel of ['request', 'context', 'close'] as const) {
      const [code, took] = await ended(fault, cancel);
      expect([fault, cancel, code]).toEqual([fault, cancel, 'EXTRACT_CANCELLED']);
      expect(took).toBeLessThan(1_000);
    }
  }
});

test('a pull that is cancelled while its rows are landed ends there', async () => {
  api.tables.set('large', numbered(50_000));
  api.options.pageSize = 10_000;
  const stop = new AbortController();
  const open = await openApi(connection());
  const read = await open.read(readRequest({ table: { ...table, path: 'cursor/large' }, signal: stop.signal }));
  let chunks = 0;
  const error = await catchError(async () => {
    for await (const chunk of read.rows) {
      chunks += chunk.length > 0 ? 1 : 0;
      stop.abort();
    }
  });
  expect([error.code, chunks]).toEqual(['EXTRACT_CANCELLED', 1]);
  await open.close();
});

test('pages that do not end are found: the same page again, a cursor that was there, a link in a circle', async () => {
  const page = {
    name: 'sales',
    path: 'page/sales',
    records: '/data/items',
    paging: { by: 'page', param: 'page', first: 1 },
  } as const;
  api.options.ignoresPage = true;
  expect((await catchError(() => readAll(connection(), { table: page }))).message).toBe(
    'connection shop, /page/sales, page 2: the same records as on the page before: does it know page? [EXTRACT_HTTP_REFUSED]',
  );
  api.options.ignoresPage = false;
  api.options.beyond = '404';
  const { rows, read } = await readAll(connection(), { table: page });
  expect([rows.length, read.system['ended_by']]).toEqual([500, 'status 404 for page 6']);

  api.options.cursorLoop = true;
  expect((await catchError(() => readAll(connection(), { table }))).message).toContain(
    'page 2: its next cursor was there before: the pages go round in a circle [EXTRACT_HTTP_REFUSED]',
  );
  const link = { name: 'sales', path: 'link/sales', paging: { by: 'link_header' } } as const;
  api.options.linkTo = '/link/sales?offset=1';
  expect((await catchError(() => readAll(connection(), { table: link }))).message).toContain(
    'page 2: its next page was read before: the pages go round in a circle [EXTRACT_HTTP_REFUSED]',
  );
});

test('a link to another server is not followed', async () => {
  const other = await startHttpApi();
  const link = { name: 'sales', path: 'link/sales', paging: { by: 'link_header' } } as const;
  for (const target of [
    `${other.url}/link/sales`,
    `//127.0.0.1:${other.port}/x`,
    `http://user:canary@127.0.0.1:${api.port}/x`,
  ]) {
    api.options.linkTo = target;
    const error = await catchError(() => readAll(connection(), { table: link }));
    expect(error.message).toBe(
      'connection shop, /link/sales, page 1: its next page is of another server [EXTRACT_ADDRESS_REFUSED]',
    );
  }
  expect(other.connections()).toBe(0);
  await other.stop();
});

test('a page that is cut off at any byte never lands as a shorter table', async () => {
  const body = `{"data":[${numbered(20).join(',')}],"meta":{"next":null}}`;
  let cutAt = 0;
  const sockets = new Set<Socket>();
  // Without a length, so that only the text itself can tell that it is not whole.
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('data', () =>
      socket.end(`HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n${body.slice(0, cutAt)}`),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const timing = { backoffMs: [], throttles: 0, longestWaitMs: 0 };
  const outcomes = new Map<string, number>();
  const open = await openApi(connectionTo(url), { timing });
  for (cutAt = 0; cutAt <= body.length; cutAt += 1) {
    const outcome = await open.read(readRequest({ table })).then(
      () => 'read',
      (error: unknown) => String((error as { code?: string }).code),
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  await open.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  expect(Object.fromEntries(outcomes)).toEqual({ SOURCE_UNREACHABLE: body.length, read: 1 });
}, 30_000);
