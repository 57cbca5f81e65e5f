import { readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { gzipSync } from 'node:zlib';
import { PutObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { files } from '../../../engine/connectors/files.ts';
import { fetchObjects } from '../../../engine/connectors/files/fetch-objects.ts';
import { catchError } from '../../setup/catch-error.ts';
import { S3_KEYS, startS3 } from '../../servers/s3.ts';
import type { TestS3 } from '../../servers/s3.ts';
import { declareFile, filesFolder, LIMITS, textRows } from './files-setup.ts';
import type { FilesFolder } from './files-setup.ts';

let server: TestS3;
let folder: FilesFolder;
beforeAll(async () => {
  server = await startS3(tmpdir());
  folder = await filesFolder(s3());
}, 300_000);
afterAll(async () => {
  await folder.stop();
  await server.stop();
});

const s3 = (endpoint = server.endpoint) => ({
  bucket: server.bucket,
  prefix: 'erp/',
  region: 'us-east-1',
  endpoint,
  ...S3_KEYS,
});
const put = async (key: string, body: string | Uint8Array) =>
  server.client.send(new PutObjectCommand({ Bucket: server.bucket, Key: `erp/${key}`, Body: body }));
const refusal = async (...input: Parameters<FilesFolder['rows']>): Promise<string> =>
  (await catchError(() => folder.rows(...input))).message;
const spools = async () => (await readdir(tmpdir())).filter((name) => name.startsWith('tickmark-objects-')).length;

test('an object is read with its ETag, its hash, and a name that holds no secret', async () => {
  const before = await spools();
  const { ETag: etag } = await put('sales.csv.gz', gzipSync('id,v\n1,a\n2,\n'));
  const read = await folder.read({ file: 'sales.csv.gz' });
  expect(await textRows(read.rows)).toEqual([
    ['1', 'a'],
    ['2', null],
  ]);
  expect(read.system).toMatchObject({
    type: 'files',
    format: 'csv',
    bucket: 'ledgers',
    prefix: 'erp/',
    file: 'sales.csv.gz',
    etag,
  });
  expect(read.query).toBe('s3://ledgers/erp/sales.csv.gz');
  expect(JSON.stringify(read.system)).not.toContain(S3_KEYS.secret_access_key);
  expect(await spools()).toBe(before);
});

test('a pattern finds objects over several pages of the listing, sorted, and none beside its prefix', async () => {
  await server.client.send(
    new PutObjectCommand({ Bucket: server.bucket, Key: 'other/2024-0001.csv', Body: 'id\nx\n' }),
  );
  const names = Array.from({ length: 12 }, (_, at) => `2024/${String(at).padStart(4, '0')}.csv`);
  for (const name of names.toReversed()) await put(name, `id\n${name.slice(5, 9)}\n`);
  await put('2024/deeper/x.csv', 'id\nx\n');
  const read = await folder.read({ file: '2024/*.csv' });
  expect((await textRows(read.rows)).map(([id]) => Number(id))).toEqual(names.map((_, at) => at));
  expect(read.system).toMatchObject({ files: '12' });
  const signal = new AbortController().signal;
  const place = { file: 'x', line: 1 };
  const found = await fetchObjects({
    limits: LIMITS,
    file: '2024/*',
    connection: 'files',
    place,
    signal,
    s3: s3(),
    pageSize: 5,
  });
  expect(found.files.map(({ name }) => name)).toEqual(names);
  await found.discard();
});

test('an object that changes after it was found is refused', async () => {
  await put('moving.csv', 'id\n1\n');
  // Between the look and the reading of it: the first answer is the look's.
  const signal = new AbortController().signal;
  const input = { limits: LIMITS, file: 'moving.csv', connection: 'files', place: { file: 'x', line: 1 }, signal };
  const meddled = await meddle(server.endpoint, () => put('moving.csv', 'id\n2\n'));
  const { message } = await catchError(() => fetchObjects({ ...input, s3: s3(meddled.endpoint) }));
  await meddled.stop();
  expect(message).toBe('moving.csv: the file changed while it was read [EXTRACT_FILE_REFUSED]');
});

test('what is missing, forbidden or unreachable is told apart, without keys', async () => {
  expect(await refusal({ file: 'absent.csv' })).toBe(
    'sql/shop/sources.yml:3: connection files has no file absent.csv [EXTRACT_SOURCE_MISSING]',
  );
  expect(await refusal({ file: 'absent*.csv' })).toContain('[EXTRACT_SOURCE_MISSING]');
  const open = async (given: Partial<ReturnType<typeof s3>>, seconds = 60) => {
    const signal = new AbortController().signal;
    const source = await files.open(
      { type: 'files', s3: { ...s3(), ...given }, limits: { ...LIMITS, seconds } },
      { name: 'files', root: folder.path, signal },
    );
    return catchError(() =>
      source.read({
        table: declareFile({ file: 'sales.csv.gz' }),
        window: null,
        standing: null,
        reject: () => Promise.resolve(),
        signal,
      }),
    );
  };
  expect((await open({ bucket: 'nobodys' })).message).toContain('[EXTRACT_SOURCE_MISSING]');
  expect((await open({ endpoint: 'http://127.0.0.1:9' })).message).toBe(
    'connection files cannot be read (ECONNREFUSED) [SOURCE_UNREACHABLE]',
  );
  const hole = createServer(() => undefined);
  await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
  const started = performance.now();
  const port = (hole.address() as { port: number }).port;
  const silent = await open({ endpoint: `http://127.0.0.1:${port}` }, 1);
  expect(silent.message).toContain('[SOURCE_UNREACHABLE]');
  expect(performance.now() - started).toBeLessThan(15_000);
  hole.close();
}, 60_000);

/** A way to the server on which something happens after the first answer. */
async function meddle(endpoint: string, act: () => Promise<unknown>) {
  const { createServer: createHttp } = await import('node:http');
  let asked = 0;
  const proxy = createHttp((request, response) => {
    void (async () => {
      asked += 1;
      if (asked === 2) await act();
      const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
      const answer = await fetch(`${endpoint}${request.url}`, { method: request.method ?? 'GET', headers });
      response.writeHead(answer.status, Object.fromEntries(answer.headers));
      response.end(Buffer.from(await answer.arrayBuffer()));
    })();
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(proxy.address() as { port: number }).port}`,
    stop: () => new Promise((resolve) => proxy.close(resolve)),
  };
}
