import { expect, test } from 'vitest';
import { createServer } from '../../web/create-server.ts';
import type { ServerDeps } from '../../web/create-server.ts';
import { finance, status } from './status-fixture.ts';

const now = (): Date => new Date('2026-11-22T06:00:00.000Z');

function serverWith(deps: Partial<ServerDeps> = {}) {
  return createServer({
    read: () => Promise.resolve(status),
    readCheck: () => Promise.resolve(null),
    ui: { temporalUrl: null },
    now,
    ...deps,
  });
}

function refusing(): Promise<never> {
  return Promise.reject(new Error('connect ECONNREFUSED postgres://tickmark:hunter2@warehouse:5432'));
}

test('the page tells the figures and when they were read', async () => {
  const server = await serverWith();
  const response = await server.inject('/');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe('text/html; charset=utf-8');
  expect(response.body).toContain('928,333,936.85');
  expect(response.body).toContain('22 Nov 2026, 06:00 UTC');
});

test('the page may run no script, be framed by nobody and sets no cookie', async () => {
  const server = await serverWith();
  const { headers, body } = await server.inject('/');
  expect(headers['content-security-policy']).toBe(
    "default-src 'none';style-src 'self';img-src 'self';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  );
  expect(headers['x-content-type-options']).toBe('nosniff');
  expect(headers['x-frame-options']).toBe('SAMEORIGIN');
  expect(headers['referrer-policy']).toBe('no-referrer');
  expect(headers['cache-control']).toBe('no-store');
  expect(headers['set-cookie']).toBeUndefined();
  expect(body).not.toMatch(/<script|<style|\sstyle=|\son[a-z]+=/);
});

test('the stylesheet is kept by browsers under an address that changes with it', async () => {
  const server = await serverWith();
  const { body } = await server.inject('/');
  const address = /href="(\/status\.css\?v=[0-9a-f]{16})"/.exec(body)?.[1];
  const response = await server.inject(address ?? 'no stylesheet');
  expect(response.statusCode).toBe(200);
  expect(response.headers['content-type']).toBe('text/css; charset=utf-8');
  expect(response.headers['cache-control']).toBe('public, max-age=31536000, immutable');
});

test('the JSON is the status', async () => {
  const server = await serverWith();
  const response = await server.inject('/api/status');
  expect(response.json()).toEqual(status);
  expect(response.headers['cache-control']).toBe('no-store');
});

test('rows that a reader gives by mistake reach nobody', async () => {
  const leaking = { ...status, verticals: [{ ...finance, rows: [{ entered_by: 'STEINER' }] }] };
  const server = await serverWith({ read: () => Promise.resolve(leaking) });
  for (const address of ['/', '/api/status']) {
    const response = await server.inject(address);
    expect(response.statusCode).toBe(200);
    expect(response.body).not.toContain('STEINER');
  }
});

test('a figure that is not a decimal is an error, not a page', async () => {
  const [pull] = finance.pulls;
  const broken = { ...status, verticals: [{ ...finance, pulls: [{ ...pull!, rows: 'NaN' }] }] };
  const server = await serverWith({ read: () => Promise.resolve(broken) });
  expect((await server.inject('/')).statusCode).toBe(500);
});

test('an error is a plain 500 for the visitor and whole for the operator', async () => {
  const errors: unknown[] = [];
  const server = await serverWith({ read: refusing, onError: (error) => errors.push(error) });
  for (const address of ['/', '/api/status']) {
    const response = await server.inject(address);
    expect(response.statusCode).toBe(500);
    expect(response.body).toBe('The status could not be read\n');
    expect(response.headers['content-security-policy']).toContain("default-src 'none'");
  }
  expect(errors.map(String)).toEqual([
    expect.stringContaining('ECONNREFUSED'),
    expect.stringContaining('ECONNREFUSED'),
  ]);
});

test('healthy means that the status can be read', async () => {
  const healthy = await serverWith();
  expect(await healthy.inject('/healthz')).toMatchObject({ statusCode: 200, body: 'ok\n' });
  const unhealthy = await serverWith({ read: refusing });
  expect(await unhealthy.inject('/healthz')).toMatchObject({ statusCode: 503, body: 'unavailable\n' });
});

test('what is not there, and what is malformed, is told plainly', async () => {
  const server = await serverWith();
  expect(await server.inject('/audit/failing_rows')).toMatchObject({ statusCode: 404, body: 'Not found\n' });
  expect(await server.inject('/%E0%A4%A')).toMatchObject({ statusCode: 400 });
  expect(await server.inject({ method: 'POST', url: '/' })).toMatchObject({ statusCode: 404 });
});

test('only a web address becomes a link', async () => {
  await expect(serverWith({ ui: { temporalUrl: 'javascript:alert(1)' } })).rejects.toThrow('not a web address');
  const server = await serverWith({ ui: { temporalUrl: 'http://127.0.0.1:8233' } });
  expect((await server.inject('/')).body).toContain('<a href="http://127.0.0.1:8233/" rel="noreferrer">');
});
