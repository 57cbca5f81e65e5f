import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { alert } from '../../../engine/alert/alert.ts';
import type { AlertDestination } from '../../../engine/alert/alert-input.ts';
import { check } from '../../../engine/check/check.ts';
import type { CheckStatus } from '../../../engine/contracts/check.ts';
import type { RunFailure } from '../../../engine/contracts/run.ts';
import { transformTestRun } from '../../setup/transform-test-run.ts';
import { catchError } from '../../setup/catch-error.ts';
import { compileTestRun } from '../../setup/compile-test-run.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { defineTestCheck } from '../../setup/define-test-check.ts';

interface Received {
  readonly path: string;
  readonly key: string | undefined;
  readonly text: string;
  readonly status: string;
}
let db: TestWarehouse;
let server: Server;
let received: Received[];
let answer: (request: IncomingMessage, response: ServerResponse) => void;
/** Each test alerts on a vertical of its own. */
let vertical: string;
beforeAll(async () => {
  db = await createTestWarehouse();
});
afterAll(() => db.stop());
beforeEach(async ({ task }) => {
  vertical = `v${task.id.replaceAll(/\W/g, '_')}`;
  received = [];
  answer = (_, response) => response.writeHead(200).end('ok');
  server = createServer((request, response) => {
    void text(request).then((body) => {
      const { text: message, status } = JSON.parse(body) as { text: string; status: string };
      const key = request.headers['idempotency-key'] as string | undefined;
      received.push({ path: request.url ?? '', key, text: message, status });
      answer(request, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const ALL = ['fail', 'warn', 'error', 'no_data', 'run_failed'];
const route = (name: string, on: readonly string[] = ALL): AlertDestination => {
  return { name, on, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}` };
};
const model = {
  name: 'sales',
  template: `{{ config(materialized='table') }} select 'canary' as secret, n from generate_series(1, 3) as n`,
};

/** A run whose check `shop.gate` comes to this status, and what alerting on it gave. */
async function runWith(
  status: CheckStatus | 'not looked at',
  options: { routes?: AlertDestination[]; send?: typeof fetch } = {},
) {
  const run = await db.beginRun({ vertical });
  const compiled = compileTestRun(run, [{ ...model, vertical }]);
  if (status !== 'not looked at') {
    await transformTestRun({ run, compiled }, db);
    const gate = defineTestCheck({
      id: 'shop.gate',
      on: 'sales',
      sql: `select ${status === 'error' ? 'nope' : 'n'} as subject_id, secret as reason from {{ ref('sales') }}${status === 'pass' ? ' where false' : ''}`,
      settings: { severity: status === 'warn' ? 'warn' : 'error' },
    });
    await check({ run, checks: [gate], sources: [], compiled }, db);
  }
  const { routes = [route('audit')], send = fetch } = options;
  const tell = (failure?: RunFailure) =>
    alert({ run, routes, ...(failure ? { failure } : {}) }, { warehouse: db.warehouse, fetch: send });
  return { run, tell };
}

async function tellOf(status: CheckStatus, options: Parameters<typeof runWith>[1] = {}) {
  const { run, tell } = await runWith(status, options);
  return { run, summary: await tell() };
}

test('a failing check alerts once, over runs and attempts, and closes when it passes', async () => {
  const { run, tell } = await runWith('fail');
  expect(await tell()).toEqual({ opened: 1, closed: 0, sent: 1, undelivered: 0 });
  expect(await tell()).toMatchObject({ sent: 0 });
  expect((await tellOf('fail')).summary).toEqual({ opened: 0, closed: 0, sent: 0, undelivered: 0 });
  expect((await tellOf('fail')).summary).toMatchObject({ sent: 0 });
  expect(received).toEqual([
    {
      path: '/audit',
      key: `${vertical}/r${run.runNo}/check/shop.gate`,
      status: 'fail',
      text: `${vertical}: check shop.gate is fail: 3 of 3 violate it (completeness, blocking). Run ${run.runNo}. Nothing is published yet.`,
    },
  ]);
  expect((await tellOf('pass')).summary).toEqual({ opened: 0, closed: 1, sent: 0, undelivered: 0 });
  expect((await tellOf('fail')).summary).toEqual({ opened: 1, closed: 0, sent: 1, undelivered: 0 });
  expect(received).toHaveLength(2);
});

test('a warning that becomes a failure is a new incident, and so is a failure that becomes an error', async () => {
  expect((await tellOf('warn')).summary).toMatchObject({ opened: 1, closed: 0, sent: 1 });
  expect((await tellOf('fail')).summary).toMatchObject({ opened: 1, closed: 1, sent: 1 });
  expect((await tellOf('error')).summary).toMatchObject({ opened: 1, closed: 1, sent: 1 });
  expect(received.map(({ status }) => status)).toEqual(['warn', 'fail', 'error']);
  expect(new Set(received.map(({ key }) => key)).size).toBe(3);
});

test('each route gets what it asked for, once', async () => {
  const routes = [route('all'), route('failures', ['fail'])];
  await tellOf('warn', { routes });
  await tellOf('fail', { routes });
  await tellOf('fail', { routes });
  expect(received.map(({ path, status }) => `${path} ${status}`)).toEqual(['/all warn', '/all fail', '/failures fail']);
});

test('a run that failed alerts, leaves the checks it did not reach as they are, and closes with the next', async () => {
  await tellOf('fail');
  const failed = await runWith('not looked at');
  const failure = { step: 'pull', code: 'SOURCE_UNREACHABLE', message: 'the source was down' };
  expect(await failed.tell(failure)).toMatchObject({ opened: 1, closed: 0, sent: 1 });
  expect(received[1]?.text).toBe(
    `${vertical}: run ${failed.run.runNo} failed at pull: the source was down. Nothing is published yet.`,
  );
  const again = await runWith('not looked at');
  expect(await again.tell(failure)).toMatchObject({ opened: 0, sent: 0 });
  expect((await tellOf('fail')).summary).toMatchObject({ opened: 0, closed: 1, sent: 0 });
});

test('no row value is told or kept in an incident', async () => {
  for (const status of ['fail', 'error', 'pass', 'warn'] as const) await tellOf(status);
  const kept = await db.warehouse
    .query(`select incident_events::text as event from audit.incident_events where vertical = '${vertical}'
    union all select body from audit.ledger where kind = 'alert' and subject like '${vertical}%'`);
  expect(JSON.stringify([received, kept])).not.toContain('canary');
  // The control: the value was there to be told.
  expect(await db.warehouse.query('select distinct reason from audit.failing_rows')).toEqual([{ reason: 'canary' }]);
});

const refusals: Readonly<
  Record<
    string,
    {
      readonly answer?: typeof answer;
      readonly to?: string | null;
      readonly send?: typeof fetch;
      readonly fault: string;
      /** When it is not ALERT_UNDELIVERED, which the next attempt tries again. */
      readonly code?: string;
    }
  >
> = {
  'answers 500': { answer: (_, response) => response.writeHead(500).end('canary'), fault: 'the receiver answered 500' },
  'answers 404': { answer: (_, response) => response.writeHead(404).end(), fault: 'the receiver answered 404' },
  redirects: {
    answer: (request, response) =>
      response.writeHead(request.url === '/elsewhere' ? 200 : 307, { location: '/elsewhere' }).end(),
    fault: 'the receiver answered 307',
  },
  'hangs up': { answer: (_, response) => response.destroy(), fault: 'the receiver could not be reached' },
  'is not there': { to: 'http://127.0.0.1:1/canary', fault: 'the receiver could not be reached' },
  'is no address': { to: 'canary', fault: 'the receiver could not be reached' },
  'has no address': { to: null, fault: 'the route has no URL', code: 'ALERT_ROUTE_UNSET' },
  'never answers': {
    answer: () => undefined,
    // The engine's own limit is ten seconds; here it is shortened, and only when the engine set one.
    send: (input, init) => fetch(input, { ...init, ...(init?.signal ? { signal: AbortSignal.timeout(150) } : {}) }),
    fault: 'the receiver did not answer in time',
  },
};

test.each(Object.keys(refusals))(
  'when the receiver %s the incident is kept undelivered and told by the next run',
  async (name) => {
    const refusal = refusals[name]!;
    if (refusal.answer) answer = refusal.answer;
    const down = refusal.to === undefined ? route('audit') : { ...route('audit'), url: refusal.to };
    const { run, tell } = await runWith('fail', { routes: [down], ...(refusal.send ? { send: refusal.send } : {}) });
    const error = await catchError(() => tell());
    expect(error.message).toBe(`1 not delivered; audit: ${refusal.fault} [${refusal.code ?? 'ALERT_UNDELIVERED'}]`);
    const before = received.length;
    expect(received.every(({ path }) => path === '/audit')).toBe(true);
    expect(
      await db.warehouse.query(
        `select event, message from audit.incident_events where vertical = $1 and event <> 'opened'`,
        [vertical],
      ),
    ).toEqual([{ event: 'undelivered', message: refusal.fault }]);

    answer = (_, response) => response.writeHead(204).end();
    expect((await tellOf('fail')).summary).toEqual({ opened: 0, closed: 0, sent: 1, undelivered: 0 });
    expect(received.slice(before).map(({ key }) => key)).toEqual([`${vertical}/r${run.runNo}/check/shop.gate`]);
    expect((await tellOf('fail')).summary).toMatchObject({ sent: 0 });
  },
);

test('one receiver that is down keeps no other from being told', async () => {
  const { tell } = await runWith('fail', { routes: [{ ...route('down'), url: 'http://127.0.0.1:1/' }, route('up')] });
  expect((await catchError(() => tell())).message).toBe(
    '1 not delivered; down: the receiver could not be reached [ALERT_UNDELIVERED]',
  );
  await catchError(() => tell());
  expect(received.map(({ path }) => path)).toEqual(['/up']);
});

test('a closed period that changed is told once, with its figures before and after, and stays open', async () => {
  const run = await db.beginRun({ vertical });
  const figures = (rows: string, sum: string) => ({ rows, totals: [{ column: 'amount', sum }] });
  const change = {
    period: '2026-01',
    before: figures('3', '60.50'),
    after: figures('3', '61.50'),
    addedRows: '1',
    removedRows: '1',
  };
  await db.warehouse.execute(
    `insert into audit.tie_outs (run_id, run_no, source, table_name, tied, lines, landed_rows, added_rows, removed_rows, changed_keys, content_hash, closed_periods)
     values ($1, $2, 'erp', 'entries', true, '[]', 3, 1, 1, 1, '', $3)`,
    [run.runId, run.runNo, JSON.stringify([change])],
  );
  const destinations = [route('all', [...ALL, 'closed_period']), route('others')];
  await alert({ run, routes: destinations }, { warehouse: db.warehouse, fetch });
  expect(received.map(({ path, status }) => [path, status])).toEqual([['/all', 'closed_period']]);
  expect(received[0]?.text).toContain(
    'closed period 2026-01 of erp.entries changed: 1 rows added, 1 removed; before 3 rows, amount 60.50, after 3 rows, amount 61.50',
  );
  // The next run changes nothing: what happened stays for a person to conclude on.
  await alert({ run: await db.beginRun({ vertical }), routes: destinations }, { warehouse: db.warehouse, fetch });
  expect(received).toHaveLength(1);
  const events = await db.warehouse.query('select event from audit.incident_events where vertical = $1', [vertical]);
  expect(events.map(({ event }) => event)).toEqual(['opened', 'sent']);
});
