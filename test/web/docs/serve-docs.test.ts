import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { serveDocs } from '../../../web/docs/serve-docs.ts';

test('the site is served, what else lies in or above its folder is not', async () => {
  const directory = join(mkdtempSync(join(tmpdir(), 'tickmark-docs-')), 'target');
  mkdirSync(join(directory, 'docs/model'), { recursive: true });
  mkdirSync(join(directory, 'compiled'), { recursive: true });
  writeFileSync(join(directory, 'index.html'), '<p>home</p>');
  writeFileSync(join(directory, 'docs/model/a.html'), '<p>a</p>');
  writeFileSync(join(directory, 'compiled/a.html'), 'not of the site');
  writeFileSync(join(directory, '../secret.html'), 'above');
  writeFileSync(join(directory, 'docs/notes.txt'), 'no page');
  const server = await serveDocs(directory);
  const get = async (url: string): Promise<[number, string]> => {
    const { statusCode, payload } = await server.inject({ url });
    return [statusCode, payload];
  };
  expect(await get('/')).toEqual([200, '<p>home</p>']);
  expect(await get('/docs/model/a.html?x=1')).toEqual([200, '<p>a</p>']);
  for (const url of [
    '/compiled/a.html',
    '/../secret.html',
    '/docs/../../secret.html',
    '/docs/%2e%2e/%2e%2e/secret.html',
    '/docs/..%2f..%2fsecret.html',
    '/docs/notes.txt',
    '/docs/nothing.html',
    '/docs/%E0%A4%A.html',
    '/docs/a%00.html',
  ]) {
    expect([url, (await get(url))[0]]).toEqual([
      url,
      expect.toSatisfy((status: number) => status === 404 || status === 400),
    ]);
  }
  const { headers } = await server.inject({ url: '/' });
  expect(headers['content-security-policy']).toContain("default-src 'none'");
  await server.close();
});
