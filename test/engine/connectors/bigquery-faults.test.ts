import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startBigquery } from '../../servers/bigquery.ts';
import type { BigqueryServer } from '../../servers/bigquery.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { beginRead, connectionTo, declare, landOnce, openBigquery } from './bigquery-fixture.ts';
import { startFront } from './bigquery-front.ts';
import type { Fault, Front, FrontRequest } from './bigquery-front.ts';

let folder: string;
let server: BigqueryServer;
let world: TestWarehouse;
let front: Front;

/** Two pages. */
const ROWS = 12_000;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickmark-bigquery-'));
  world = await createTestWarehouse();
  server = await startBigquery(folder);
  front = await startFront(server.endpoint);
  await server.createTable('ds', 'many', [
    { name: 'n', type: 'INT64' },
    { name: 'name', type: 'STRING' },
  ]);
  await server.query(
    `insert into ds.many select n, concat('row ', cast(n as string)) from unnest(generate_array(1, ${ROWS})) as n`,
  );
}, 600_000);

afterAll(async () => {
  await front?.stop();
  await server?.stop();
  await world?.stop();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  front.requests.length = 0;
  front.fault = () => undefined;
});

const table = () => declare({ name: 'many', control_totals: ['n'] });
const connection = (limits: object = {}) => connectionTo(front.endpoint, { limits });
const isPage = ({ method, path }: FrontRequest): boolean => method === 'GET' && path.startsWith('/queries/');
const isSecondPage = (request: FrontRequest): boolean => isPage(request) && request.query.has('pageToken');

/** The fault for the first so many requests that fit. */
function times(count: number, fits: (request: FrontRequest) => boolean, fault: Fault): Front['fault'] {
  let left = count;
  return (request) => {
    if (!fits(request) || left === 0) return undefined;
    left -= 1;
    return fault;
  };
}

describe('a fault that passes costs no row and doubles none', () => {
  test.each([
    ['the server is busy', { status: 503, reason: 'backendError' }],
    ['the quota of a second is used up', { status: 403, reason: 'rateLimitExceeded' }],
    ['the connection is reset', 'reset'],
    ['a page is cut off', 'truncate'],
    ['a proxy answers for it', { text: '<html>Bad gateway</html>' }],
  ] as const)('when %s', async (_, fault) => {
    front.fault = times(2, isSecondPage, fault);
    const { rows, figures } = await landOnce(connection(), table(), world.source);
    expect(front.requests.filter(isSecondPage).length).toBeGreaterThanOrEqual(3);
    expect([rows.length, new Set(rows.map(([n]) => n)).size, figures.rows]).toEqual([ROWS, ROWS, BigInt(ROWS)]);
  });

  test('when the answer to the start of a job is lost: the job is not started twice', async () => {
    let isLost = false;
    front.fault = (request) => {
      if (isLost || request.path !== '/jobs' || request.body.configuration?.dryRun !== false) return undefined;
      isLost = true;
      return 'truncate';
    };
    const { rows } = await landOnce(connection(), table(), world.source);
    const inserts = front.requests.filter(({ path, body }) => path === '/jobs' && body.configuration?.dryRun === false);
    const ids = inserts.map(({ body }) => body.jobReference?.jobId);
    expect([rows.length, inserts.length - new Set(ids).size]).toEqual([ROWS, 1]);
  });
});

describe('a fault that stays ends in a named error', () => {
  test.each([
    ['the server stays busy', { status: 503, reason: 'backendError' }, 'SOURCE_UNREACHABLE', true],
    ['the connection is reset each time', 'reset', 'SOURCE_UNREACHABLE', true],
    ['every page is cut off', 'truncate', 'SOURCE_UNREACHABLE', true],
    ['access is denied', { status: 403, reason: 'accessDenied', message: 'canary' }, 'EXTRACT_FAILED', false],
    ['the token is refused', { status: 401, reason: 'authError', message: 'canary' }, 'EXTRACT_FAILED', false],
    ['it would read too much', { status: 400, reason: 'bytesBilledLimitExceeded' }, 'EXTRACT_CEILING', false],
    ['the job was stopped', { status: 400, reason: 'stopped' }, 'EXTRACT_CEILING', false],
    [
      'a value cannot be cast',
      { status: 400, reason: 'invalidQuery', message: 'Bad int64 value: canary at [3:8]' },
      'EXTRACT_FAILED',
      false,
    ],
  ] as const)('when %s', async (_, fault, code, retryable) => {
    front.fault = (request) => (isSecondPage(request) ? fault : undefined);
    const error = await catchError(() => landOnce(connection(), table(), world.source));
    expect(error).toMatchObject({ code, retryable });
    expect(error.message).toMatch(/^sql\/shop\/sources\.yml:7: connection lake: ds\.many: /);
    expect(error.message).not.toContain('canary');
  });

  test('when a page goes missing: fewer rows than the server has are never taken for all', async () => {
    front.fault = (request) =>
      isSecondPage(request)
        ? { rewrite: (answer) => ({ ...answer, rows: (answer['rows'] as unknown[]).slice(1) }) }
        : undefined;
    const error = await catchError(() => landOnce(connection(), table(), world.source));
    expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
    expect(error.message).toContain('PAGES_MISSING');
  });

  test.each(['hang', 'hang in the answer'] as const)(
    'within limits.seconds when the server goes silent: %s',
    async (fault) => {
      front.fault = (request) => (isSecondPage(request) ? fault : undefined);
      const begun = performance.now();
      const error = await catchError(() => landOnce(connection({ seconds: 2 }), table(), world.source));
      expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
      expect(performance.now() - begun).toBeLessThan(10_000);
    },
  );

  test('within limits.seconds when a job never ends', async () => {
    front.fault = (request) => (isPage(request) ? { rewrite: () => ({ jobComplete: false }) } : undefined);
    const begun = performance.now();
    const opening = openBigquery(connection({ seconds: 1 }));
    const error = await catchError(() => opening);
    expect(error).toMatchObject({ code: 'EXTRACT_CEILING' });
    expect(performance.now() - begun).toBeLessThan(60_000);
  });

  test('when nothing listens there', async () => {
    const gone = await startFront(server.endpoint);
    await gone.stop();
    const error = await catchError(() => openBigquery(connectionTo(gone.endpoint)));
    expect(error.message).toBe('connection lake: ECONNREFUSED [SOURCE_UNREACHABLE]');
  });
});

describe('a pull that is cancelled', () => {
  test('ends within a second, tells the server to stop its job, and leaves no connection open', async () => {
    const stop = new AbortController();
    const source = await openBigquery(connection());
    front.fault = (request) => (isPage(request) ? 'hang' : undefined);
    const { read } = await beginRead(source, table(), { signal: stop.signal });
    const reading = catchError(async () => {
      for await (const chunk of read.rows) void chunk;
    });
    await sleep(1_000);
    const begun = performance.now();
    stop.abort();
    expect(await reading).toMatchObject({ code: 'EXTRACT_CANCELLED' });
    expect(performance.now() - begun).toBeLessThan(1_000);
    await source.close();
    const started = front.requests.find(
      ({ path, body }) =>
        path === '/jobs' && body.configuration?.dryRun === false && JSON.stringify(body).includes('many'),
    );
    const jobId = started?.body.jobReference?.jobId ?? '?';
    expect(front.requests.map(({ path }) => path)).toContain(`/jobs/${jobId}/cancel`);
    await sleep(100);
    expect(front.connections()).toBe(0);
  });

  test('while the source is opened ends too', async () => {
    const stop = new AbortController();
    front.fault = () => 'hang';
    const opening = openBigquery(connection(), stop.signal);
    await sleep(200);
    const begun = performance.now();
    stop.abort();
    expect(await catchError(() => opening)).toMatchObject({ code: 'EXTRACT_CANCELLED' });
    expect(performance.now() - begun).toBeLessThan(1_000);
    await sleep(100);
    expect(front.connections()).toBe(0);
  });

  test('by closing the source ends its reads', async () => {
    const source = await openBigquery(connection());
    const { read } = await beginRead(source, table());
    front.fault = (request) => (isPage(request) ? 'hang' : undefined);
    const reading = catchError(async () => {
      for await (const chunk of read.rows) void chunk;
    });
    await sleep(500);
    await source.close();
    expect(await reading).toMatchObject({ code: 'EXTRACT_CANCELLED' });
    await sleep(100);
    expect(front.connections()).toBe(0);
  });
});

describe('what is asked of the server', () => {
  test('is no more pages than are taken from the stream', async () => {
    const source = await openBigquery(connection());
    const { read } = await beginRead(source, table());
    front.requests.length = 0;
    for await (const chunk of read.rows) {
      expect(chunk.length).toBeGreaterThan(0);
      await sleep(200);
      break;
    }
    expect(front.requests.filter(isPage)).toHaveLength(1);
    await source.close();
  });

  test('is one SELECT in each job, in standard SQL, within the limits of the connection and never from a cache', async () => {
    await landOnce(connection({ bytes: 123_456_789, seconds: 77 }), table(), world.source);
    const jobs = front.requests.filter(({ path }) => path === '/jobs');
    expect(jobs.length).toBeGreaterThanOrEqual(3);
    for (const { body } of jobs) {
      const { query, dryRun, jobTimeoutMs } = body.configuration ?? {};
      expect(query).toMatchObject({ useLegacySql: false, useQueryCache: false, maximumBytesBilled: '123456789' });
      expect(String(query?.['query'])).toMatch(/^(select|with q as) /);
      expect(jobTimeoutMs).toBe(dryRun ? undefined : '77000');
    }
  });

  test('is refused beyond limits.rows', async () => {
    const error = await catchError(() => landOnce(connection({ rows: ROWS - 1 }), table(), world.source));
    expect(error).toMatchObject({ code: 'EXTRACT_CEILING' });
    expect(error.message).toContain(`more than ${ROWS - 1} rows`);
  });

  test('holds no token when the endpoint has no TLS, whatever credentials there are', async () => {
    const credentials = JSON.stringify({ type: 'service_account', client_email: 'a@b', private_key: 'canary-key' });
    await landOnce(connectionTo(front.endpoint, { credentials }), table(), world.source);
    expect(front.requests.every(({ headers }) => headers.authorization === undefined)).toBe(true);
    expect(JSON.stringify(front.requests)).not.toContain('canary-key');
  });

  test('is nothing with credentials that are no key, and the error does not hold them', async () => {
    for (const credentials of [
      'canary-not-json',
      JSON.stringify({ type: 'external_account', credential_source: { executable: { command: 'canary' } } }),
      JSON.stringify({ type: 'service_account', client_email: 'canary@b' }),
    ]) {
      const error = await catchError(() => openBigquery(connectionTo('https://127.0.0.1:9', { credentials })));
      expect(error.message).toBe(
        "credentials of connection lake are not a service account's key in JSON [CONFIG_INVALID]",
      );
    }
    const unusable = JSON.stringify({ type: 'service_account', client_email: 'canary@b', private_key: 'canary' });
    const error = await catchError(() => openBigquery(connectionTo('https://127.0.0.1:9', { credentials: unusable })));
    expect(error).toMatchObject({ code: 'EXTRACT_FAILED' });
    expect(error.message).not.toContain('canary');
    const endpoint = await catchError(() => openBigquery(connectionTo('not a url')));
    expect(endpoint).toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
