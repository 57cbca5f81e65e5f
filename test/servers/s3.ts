import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { freePort } from '../../embedded/free-port.ts';
import { runProgram } from '../../embedded/run-program.ts';
import { withLock } from '../../embedded/with-lock.ts';

const CACHE = fileURLToPath(new URL('../../.tickmark/cache', import.meta.url));
const VERSION = '5.2.5';
const READY_MS = 60_000;

/** A service that speaks S3's protocol (moto), on loopback, its objects in memory; with one empty bucket. */
export interface TestS3 {
  readonly endpoint: string;
  readonly bucket: string;
  readonly client: S3Client;
  readonly stop: () => Promise<void>;
}

export const S3_KEYS = { access_key_id: 'test-key', secret_access_key: 'test-secret' } as const;

/** Starts one; `folder` is where it runs. Ends with the process that started it. */
export async function startS3(folder: string): Promise<TestS3> {
  const server = await findServer();
  const port = await freePort(undefined);
  const child = spawn(server, ['-H', '127.0.0.1', '-p', port.toString()], { cwd: folder, env: {}, stdio: 'ignore' });
  const onExit = (): void => void child.kill('SIGKILL');
  process.once('exit', onExit);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint,
    forcePathStyle: true,
    region: 'us-east-1',
    credentials: { accessKeyId: S3_KEYS.access_key_id, secretAccessKey: S3_KEYS.secret_access_key },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    process.off('exit', onExit);
    await end(child);
  };
  try {
    await untilUp(endpoint, child);
    await client.send(new CreateBucketCommand({ Bucket: 'ledgers' }));
    return { endpoint, bucket: 'ledgers', client, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Installed once from PyPI; runs that come at the same time wait for the first. */
async function findServer(): Promise<string> {
  const ready = join(CACHE, `moto-${VERSION}`);
  const server = join(ready, 'bin', 'moto_server');
  await mkdir(CACHE, { recursive: true });
  await withLock(
    `${ready}.lock`,
    () => undefined,
    async () => {
      if (!existsSync(server)) await install(ready);
    },
  );
  return server;
}

async function install(ready: string): Promise<void> {
  // A virtual environment knows the path that it was made at: it is made there, and taken away again when that fails.
  await rm(ready, { recursive: true, force: true });
  const run = async (args: readonly string[], command = 'python3'): Promise<boolean> => {
    const { code, output } = await runProgram({ command, args, cwd: CACHE, env: process.env });
    said = output;
    return code === 0;
  };
  let said = '';
  const packages = ['--quiet', '--disable-pip-version-check', '--no-input', `moto[server]==${VERSION}`];
  const made =
    ((await run(['-m', 'venv', ready])) &&
      (await run(['-m', 'pip', 'install', ...packages], join(ready, 'bin', 'python')))) ||
    // Debian has venv without ensurepip; the pip outside can then install into it.
    ((await run(['-m', 'venv', '--clear', '--without-pip', ready])) &&
      (await run(['-m', 'pip', '--python', join(ready, 'bin', 'python'), 'install', ...packages])));
  if (made) return;
  await rename(ready, `${ready}.broken`).catch(() => undefined);
  await rm(`${ready}.broken`, { recursive: true, force: true });
  throw new Error(`moto, which plays S3 in tests, could not be installed with python3, venv and pip:\n${said}`);
}

async function untilUp(endpoint: string, child: ChildProcess): Promise<void> {
  const end = Date.now() + READY_MS;
  while (Date.now() < end && child.exitCode === null) {
    const answer = await fetch(`${endpoint}/moto-api/`).catch(() => undefined);
    if (answer !== undefined) return;
    await sleep(100);
  }
  throw new Error('moto, which plays S3 in tests, did not start');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('close', resolve));
  child.kill('SIGKILL');
  await gone;
}
