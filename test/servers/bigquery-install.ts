import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

const CACHE = fileURLToPath(new URL('../../.tickmark/cache', import.meta.url));
const VERSION = '1.4.0';
/** The emulator, and the DuckDB it was tried with, whose extensions come as packages because it may not load them from the net. */
const PACKAGES = [
  `bqemulator==${VERSION}`,
  'duckdb==1.5.5',
  'duckdb-extensions==1.5.5',
  'duckdb-extension-spatial==1.5.5',
  'duckdb-extension-avro==1.5.5',
  'numpy',
];
const INSTALL_MS = 600_000;

/**
 * The emulator's Python and the home folder that holds DuckDB's extensions: from the cache, else installed from PyPI into it
 * (590 MB, 45 s, once). Runs that come at the same time wait for the first.
 */
export async function installBigqueryEmulator(): Promise<{ readonly python: string; readonly home: string }> {
  const { stdout } = await run('python3', ['-c', 'import sys; print("%d%d" % sys.version_info[:2])']).catch(() => {
    throw new Error('the BigQuery emulator needs python3 on the PATH, with venv and pip');
  });
  const ready = join(CACHE, `bqemulator-${VERSION}-cp${stdout.trim()}`);
  const found = { python: join(ready, 'venv', 'bin', 'python'), home: join(ready, 'home') };
  const lock = `${ready}.lock`;
  await mkdir(CACHE, { recursive: true });
  while (!existsSync(ready)) {
    if (!(await takeLock(lock))) {
      await sleep(500);
      continue;
    }
    try {
      if (!existsSync(ready)) await install(ready);
    } finally {
      await rmdir(lock);
    }
  }
  return found;
}

/** False while somebody else holds it; one that was left behind is taken over. */
async function takeLock(lock: string): Promise<boolean> {
  try {
    await mkdir(lock);
    return true;
  } catch {
    const held = await stat(lock).catch(() => undefined);
    if (held && Date.now() - held.mtimeMs > INSTALL_MS) await rmdir(lock).catch(() => undefined);
    return false;
  }
}

async function install(ready: string): Promise<void> {
  const made = `${ready}.${process.pid}`;
  const venv = join(made, 'venv');
  const home = join(made, 'home');
  const python = join(venv, 'bin', 'python');
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-input', ...PACKAGES];
  try {
    await mkdir(home, { recursive: true });
    // Debian has venv without ensurepip; the pip outside can then install into it.
    await run('python3', ['-m', 'venv', venv])
      .then(() => run(python, ['-m', 'pip', ...pip], { timeout: INSTALL_MS }))
      .catch(async () => {
        await run('python3', ['-m', 'venv', '--clear', '--without-pip', venv]);
        await run('python3', ['-m', 'pip', '--python', python, ...pip], { timeout: INSTALL_MS });
      });
    const load = 'from duckdb_extensions import import_extension as i; i("spatial"); i("avro")';
    await run(python, ['-c', load], { env: { HOME: home, PATH: process.env['PATH'] ?? '' } });
    await rename(made, ready);
  } catch (error) {
    await rm(made, { recursive: true, force: true });
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new Error(`the BigQuery emulator could not be installed with pip:\n${said.slice(-2_000)}`, { cause: error });
  }
}
