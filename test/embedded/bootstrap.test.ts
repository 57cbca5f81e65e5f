import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

const bootstrap = resolve(import.meta.dirname, '../../bin/bootstrap.mjs');
const pinned = `node-${process.platform}-${process.arch}`;
const announced = 'Installing dependencies (once) ...\n';

let root: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'tickmark-bootstrap-')));
  mkdirSync(join(root, 'bin'));
  cpSync(bootstrap, join(root, 'bin', 'bootstrap.mjs'));
  write('package.json', JSON.stringify({ name: 'tiny', version: '1.0.0', dependencies: { [pinned]: 'file:pinned' } }));
  write('package-lock.json', lockFile());
  write('pinned/package.json', JSON.stringify({ name: pinned, version: '1.0.0' }));
  write('pinned/bin/node', `#!/bin/sh\nCHOSEN=pinned exec '${process.execPath}' "$@"\n`);
  chmodSync(join(root, 'pinned', 'bin', 'node'), 0o755);
  write(
    'entry.ts',
    `const node: string = process.env.CHOSEN ?? 'own';
     console.log(JSON.stringify({ node, args: process.argv.slice(2), cwd: process.cwd() }));
     process.exitCode = Number(process.argv[2] ?? 0);`,
  );
  // Stands in for npm's own program: says that it ran, takes a moment, and leaves what npm leaves.
  write(
    'fake/npm-cli.js',
    `const fs = require('fs');
     fs.appendFileSync('npm-ran', process.argv.slice(2).join(' ') + '\\n');
     setTimeout(() => {
       if (process.env.NPM_FAILS) { console.log('npm error E404'); process.exit(1); }
       fs.rmSync('node_modules', { recursive: true, force: true });
       fs.mkdirSync('node_modules');
       fs.symlinkSync('../pinned', 'node_modules/${pinned}');
       fs.writeFileSync('node_modules/.package-lock.json', '{}');
     }, 300);`,
  );
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

describe.skipIf(process.platform === 'win32')('bootstrap', () => {
  test('installs with the real npm once, then runs the entry on the pinned Node where the user stands', async () => {
    mkdirSync(join(root, 'elsewhere'));
    const options = { npm: 'real', cwd: join(root, 'elsewhere') } as const;
    const first = await run(['entry.ts', '7', '--flag'], options);
    expect(first.stdout).toBe(`{"node":"pinned","args":["7","--flag"],"cwd":"${root}/elsewhere"}\n`);
    expect(first.code).toBe(7);
    expect(first.stderr.startsWith(announced)).toBe(true);
    const second = await run(['entry.ts'], options);
    expect(second).toMatchObject({ code: 0, stderr: '' });
  });

  test('installs again when the lock file changed', async () => {
    await run(['entry.ts']);
    expect((await run(['entry.ts'])).stderr).toBe('');
    write('package-lock.json', `${lockFile()}\n`);
    expect((await run(['entry.ts'])).stderr).toBe(announced);
    expect(readFileSync(join(root, 'npm-ran'), 'utf8')).toBe('ci --ignore-scripts --no-audit --no-fund\n'.repeat(2));
  });

  test('accepts what was installed by hand from this lock file, and nothing older', async () => {
    await run(['entry.ts']);
    rmSync(join(root, 'node_modules', '.tickmark-lock-sha256'));
    expect((await run(['entry.ts'])).stderr).toBe('');
    rmSync(join(root, 'node_modules', '.tickmark-lock-sha256'));
    utimesSync(join(root, 'node_modules', '.package-lock.json'), 1, 1);
    expect((await run(['entry.ts'])).stderr).toBe(announced);
  });

  test('accepts an npm install by hand that changed the lock file', async () => {
    await run(['entry.ts']);
    write('package-lock.json', `${lockFile()}\n`);
    write('node_modules/.package-lock.json', '{}');
    expect((await run(['entry.ts'])).stderr).toBe('');
  });

  test('installs once when two start at the same moment', async () => {
    const both = await Promise.all([run(['entry.ts']), run(['entry.ts'])]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    expect(both.map(({ stderr }) => stderr).sort()).toEqual([
      announced,
      'Waiting for another process that is installing the dependencies ...\n',
    ]);
    expect(readFileSync(join(root, 'npm-ran'), 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test('takes over the lock of an installation that was killed', async () => {
    const gone = spawn(process.execPath, ['--eval', '']);
    await once(gone, 'exit');
    write('.tickmark/install.lock/holder.json', JSON.stringify({ token: 'x', pids: [gone.pid] }));
    expect((await run(['entry.ts'])).code).toBe(0);
    expect(existsSync(join(root, '.tickmark', 'install.lock'))).toBe(false);
  });

  test('says what to do when the installation failed, and does not start the entry', async () => {
    const failed = await run(['entry.ts'], { env: { NPM_FAILS: '1' } });
    expect(failed).toEqual({
      code: 1,
      signal: null,
      stdout: '',
      stderr: `${announced}npm error E404\nThe dependencies could not be installed, see the lines above; check the network and the npm registry, then run this again\n`,
    });
    expect(existsSync(join(root, '.tickmark', 'install.lock'))).toBe(false);
  });

  test('runs on its own Node where no pinned one can be started', async () => {
    await run(['entry.ts']);
    rmSync(join(root, 'pinned', 'bin'), { recursive: true });
    expect(JSON.parse((await run(['entry.ts'])).stdout)).toMatchObject({ node: 'own' });
    write('pinned/bin/node', 'for another machine');
    expect(JSON.parse((await run(['entry.ts'])).stdout)).toMatchObject({ node: 'own' });
  });

  test('passes each signal on once and ends with the code of the entry', async () => {
    write(
      'entry.ts',
      `process.on('SIGHUP', () => console.log('SIGHUP'));
       process.on('SIGTERM', () => { console.log('SIGTERM'); process.exitCode = 3; clearInterval(alive); });
       const alive = setInterval(() => {}, 1000);
       console.log('up');`,
    );
    const { child, ended } = start(['entry.ts']);
    await said(child, 'up');
    child.kill('SIGHUP');
    await said(child, 'SIGHUP');
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 3, signal: null, stdout: 'up\nSIGHUP\nSIGTERM\n' });
  });

  test('dies by the signal its entry died by', async () => {
    write('entry.ts', `process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000);`);
    expect(await run(['entry.ts'])).toMatchObject({ code: null, signal: 'SIGTERM' });
  });

  test('asks for an entry when there is none', async () => {
    expect(await run([])).toMatchObject({ code: 1, stderr: 'usage: node bin/bootstrap.mjs <entry.ts> [args...]\n' });
  });
});

interface RunOptions {
  readonly npm?: 'real' | 'fake';
  readonly cwd?: string;
  readonly env?: Record<string, string>;
}

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  return start(args, options).ended;
}

function start(args: readonly string[], options: RunOptions = {}): { child: ChildProcess; ended: Promise<Ended> } {
  const fake = join(root, 'fake', 'npm-cli.js');
  const child = spawn(process.execPath, [join(root, 'bin', 'bootstrap.mjs'), ...args], {
    cwd: options.cwd ?? root,
    env: {
      ...process.env,
      // Nothing here may ask a registry, and the user's npm cache stays as it is.
      npm_config_offline: 'true',
      npm_config_cache: join(root, 'npm-cache'),
      npm_config_update_notifier: 'false',
      ...(options.npm === 'real' ? {} : { npm_execpath: fake }),
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A session without a terminal, as in CI: with one, its Ctrl-C and closing are not passed on.
    detached: true,
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const ended = once(child, 'close').then(([code, signal]) => {
    return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
  });
  return { child, ended };
}

async function said(child: ChildProcess, word: string): Promise<void> {
  let heard = '';
  while (!heard.includes(word)) heard += String((await once(child.stdout!, 'data'))[0]);
}

function write(name: string, content: string): void {
  mkdirSync(join(root, name, '..'), { recursive: true });
  writeFileSync(join(root, name), content);
}

function lockFile(): string {
  return JSON.stringify({
    name: 'tiny',
    version: '1.0.0',
    lockfileVersion: 3,
    requires: true,
    packages: {
      '': { name: 'tiny', version: '1.0.0', dependencies: { [pinned]: 'file:pinned' } },
      [`node_modules/${pinned}`]: { resolved: 'pinned', link: true },
      pinned: { name: pinned, version: '1.0.0' },
    },
  });
}
