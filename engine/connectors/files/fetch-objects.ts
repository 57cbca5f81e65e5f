import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3';
import type { Connection } from '../../contracts/config.ts';
import { EngineError } from '../../errors.ts';
import type { Place } from '../../errors.ts';
import { isPattern, matchName } from './match-name.ts';
import type { FoundFile } from './parse-job.ts';
import { identityOf } from './read-bytes.ts';
import { overCeiling, refusedFile } from './refuse-file.ts';

type FilesConnection = Extract<Connection, { type: 'files' }>;

interface FetchInput {
  readonly s3: NonNullable<FilesConnection['s3']>;
  readonly limits: FilesConnection['limits'];
  readonly file: string;
  /** The connection's name, for messages. */
  readonly connection: string;
  readonly place: Place;
  readonly signal: AbortSignal;
  /** Of the listing; as many as the service gives when left out. */
  readonly pageSize?: number;
}

interface FoundObject {
  readonly key: string;
  /** As messages call it: below the connection's prefix. */
  readonly name: string;
  readonly etag: string;
  readonly bytes: number;
}

/** Longest wait for a connection, and for the next byte of an answer. */
const CONNECT_MS = 10_000;
const SILENT_SECONDS = 60;
const ATTEMPTS = 3;
const MAX_OBJECTS = 100_000;

/**
 * Brings the objects that a name or pattern means to files of this machine, private and gone afterwards, each the very version
 * that was found: one that changed meanwhile is refused. Random access and a second look at the bytes need a file.
 */
export async function fetchObjects(input: FetchInput): Promise<{
  readonly files: readonly FoundFile[];
  readonly system: Readonly<Record<string, string>>;
  readonly query: string;
  readonly discard: () => Promise<void>;
}> {
  const { s3, limits, file } = input;
  const silentMs = Math.min(limits.seconds, SILENT_SECONDS) * 1_000;
  const client = new S3Client({
    region: s3.region,
    credentials: { accessKeyId: s3.access_key_id, secretAccessKey: s3.secret_access_key },
    // Other services than Amazon's know a bucket as a path only.
    ...(s3.endpoint === undefined ? {} : { endpoint: s3.endpoint, forcePathStyle: true }),
    maxAttempts: ATTEMPTS,
    requestHandler: {
      connectionTimeout: CONNECT_MS,
      requestTimeout: silentMs,
      // Without this it only warns.
      throwOnRequestTimeout: true,
      socketTimeout: silentMs,
    },
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_SUPPORTED',
  });
  const folder = await mkdtemp(join(tmpdir(), 'tickmark-objects-'));
  const discard = async (): Promise<void> => {
    client.destroy();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const objects = await findObjects(client, input);
    const bytes = objects.reduce((sum, object) => sum + object.bytes, 0);
    if (bytes > limits.bytes) throw overCeiling(`more than ${limits.bytes} bytes`, file);
    const files: FoundFile[] = [];
    const versions: string[] = [];
    for (const [at, object] of objects.entries()) {
      const path = join(folder, at.toString());
      versions.push(await download(client, object, path, input));
      const stats = await stat(path, { bigint: true });
      files.push({ name: object.name, path, bytes: stats.size.toString(), identity: identityOf(stats) });
    }
    const [first] = objects;
    const alone = objects.length === 1 && first !== undefined;
    return {
      files,
      system: {
        bucket: s3.bucket,
        prefix: s3.prefix,
        ...(alone ? { etag: first.etag, ...(versions[0] === '' ? {} : { version: versions[0] as string }) } : {}),
      },
      query: `s3://${s3.bucket}/${s3.prefix}${file}`,
      discard,
    };
  } catch (error) {
    await discard();
    throw translate(error, input);
  }
}

async function findObjects(client: S3Client, input: FetchInput): Promise<FoundObject[]> {
  const { s3, file, connection, place, signal } = input;
  const called = (key: string): string => key.slice(s3.prefix.length);
  const pattern = `${s3.prefix}${file}`;
  if (!isPattern(file)) {
    const head = await client.send(new HeadObjectCommand({ Bucket: s3.bucket, Key: pattern }), { abortSignal: signal });
    return [{ key: pattern, name: file, etag: head.ETag ?? '', bytes: head.ContentLength ?? 0 }];
  }
  const fits = matchName(pattern);
  const start = pattern.slice(0, pattern.search(/[*?]/));
  const found: FoundObject[] = [];
  const paging = input.pageSize === undefined ? {} : { pageSize: input.pageSize };
  const pages = paginateListObjectsV2(
    { client, ...paging },
    { Bucket: s3.bucket, Prefix: start },
    { abortSignal: signal },
  );
  for await (const page of pages) {
    for (const { Key: key = '', ETag: etag = '', Size: bytes = 0 } of page.Contents ?? []) {
      if (!fits(key)) continue;
      found.push({ key, name: called(key), etag, bytes });
      if (found.length > MAX_OBJECTS) throw overCeiling(`more than ${MAX_OBJECTS} objects`, file);
    }
  }
  if (found.length === 0) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `connection ${connection} has no file ${file}`, { place });
  }
  return found.toSorted((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
}

/** Gives the object's version, '' where the bucket keeps none. */
async function download(client: S3Client, object: FoundObject, path: string, input: FetchInput): Promise<string> {
  const { s3, signal } = input;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await client.send(
        new GetObjectCommand({
          Bucket: s3.bucket,
          Key: object.key,
          ...(object.etag === '' ? {} : { IfMatch: object.etag }),
        }),
        { abortSignal: signal },
      );
      if (answer.ETag !== undefined && object.etag !== '' && answer.ETag !== object.etag) throw changed(object);
      await pipeline(bounded(answer.Body as Readable, object), createWriteStream(path, { mode: 0o600, flags: 'w' }), {
        signal,
      });
      return answer.VersionId ?? '';
    } catch (error) {
      if (statusOf(error) === 412) throw changed(object);
      // A body that breaks off is asked for again whole; requests themselves the client repeats.
      const mayPass = error instanceof EngineError ? error.retryable : statusOf(error) >= 500;
      if (!mayPass || signal.aborted || attempt === ATTEMPTS) throw error;
    }
  }
}

async function* bounded(body: Readable, object: FoundObject): AsyncIterable<Buffer> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > object.bytes) throw changed(object);
    yield chunk;
  }
  if (bytes !== object.bytes) {
    throw new EngineError('SOURCE_UNREACHABLE', `${object.name} broke off after ${bytes} of ${object.bytes} bytes`);
  }
}

function changed(object: FoundObject): EngineError {
  return refusedFile('the file changed while it was read', object.name);
}

function statusOf(error: unknown): number {
  const status = (error as { $metadata?: { httpStatusCode?: unknown } } | undefined)?.$metadata?.httpStatusCode;
  return typeof status === 'number' ? status : 500;
}

/** The service's own text may hold keys and addresses; its code names what is wrong. */
function translate(error: unknown, { connection, file, place, signal }: FetchInput): EngineError {
  if (error instanceof EngineError) return error;
  if (signal.aborted) return new EngineError('EXTRACT_CANCELLED', `the reading of ${file} was cancelled`);
  const name = error instanceof Error && /^[A-Za-z]{1,60}$/.test(error.name) ? error.name : 'unknown';
  const status = statusOf(error);
  if (status === 404) {
    const what = name === 'NoSuchBucket' ? 'has no such bucket' : `has no file ${file}`;
    return new EngineError('EXTRACT_SOURCE_MISSING', `connection ${connection} ${what}`, { place });
  }
  if (status >= 400 && status < 500 && status !== 408 && status !== 429) {
    return new EngineError('EXTRACT_FAILED', `connection ${connection} refused ${file} (${name}, status ${status})`, {
      place,
    });
  }
  const code = (error as { code?: unknown } | undefined)?.code;
  const reason = typeof code === 'string' && /^[A-Z_]+$/.test(code) ? code : name;
  return new EngineError('SOURCE_UNREACHABLE', `connection ${connection} cannot be read (${reason})`);
}
