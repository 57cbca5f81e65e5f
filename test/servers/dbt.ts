import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '../../embedded/run-program.ts';
import { withLock } from '../../embedded/with-lock.ts';

const CACHE = fileURLToPath(new URL('../../.tickmark/cache', import.meta.url));
/** The last one reads artifacts as other tools do: test/engine/artifacts holds ours against it. */
const PACKAGES = ['dbt-core==1.11.16', 'dbt-postgres==1.11.0', 'dbt-artifacts-parser==0.15.0'];

/** Path of the command of dbt-core with its adapter for Postgres: installed once from PyPI (150 MB, 20 s); runs that come at the same time wait for the first. */
export async function dbtVenv(): Promise<string> {
  const python = await runProgram({
    command: 'python3',
    args: ['-c', 'import sys; print("%d%d" % sys.version_info[:2])'],
    cwd: '/',
    env: process.env,
  });
  if (python.code !== 0) throw new Error('dbt needs python3 on the PATH, with venv and pip');
  const ready = join(CACHE, `${PACKAGES.join('-').replaceAll('==', '-')}-cp${python.output.trim()}`);
  const command = join(ready, 'bin', 'dbt');
  await mkdir(CACHE, { recursive: true });
  await withLock(
    `${ready}.lock`,
    () => undefined,
    async () => {
      if (!existsSync(command)) await install(ready);
    },
  );
  return command;
}

/** How dbt reaches its database, and the schema that it builds in. */
export interface DbtTarget {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  readonly schema: string;
}

export interface DbtRun {
  readonly code: number;
  readonly output: string;
}

/** Runs dbt on a project, its target/ and logs/ in `work`, and nothing told to anybody. */
export async function runDbt(
  command: string,
  input: {
    readonly project: string;
    readonly profile: string;
    readonly args: readonly string[];
    readonly target: DbtTarget;
    readonly work: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Promise<DbtRun> {
  const { project, profile, args, target, work, env } = input;
  await mkdir(work, { recursive: true });
  const { password: pass, database: dbname, ...rest } = target;
  const profiles = {
    [profile]: { target: 'dev', outputs: { dev: { type: 'postgres', ...rest, pass, dbname, threads: 4 } } },
  };
  await writeFile(join(work, 'profiles.yml'), JSON.stringify(profiles));
  const { code, output } = await runProgram({
    command,
    args: ['--no-use-colors', ...args],
    cwd: project,
    env: {
      PATH: process.env['PATH'],
      HOME: work,
      LANG: 'C.UTF-8',
      DBT_PROFILES_DIR: work,
      DBT_TARGET_PATH: join(work, 'target'),
      DBT_LOG_PATH: join(work, 'logs'),
      DBT_SEND_ANONYMOUS_USAGE_STATS: 'false',
      DO_NOT_TRACK: '1',
      ...env,
    },
  });
  return { code: code ?? -1, output };
}

async function install(ready: string): Promise<void> {
  // A virtual environment knows the path that it was made at: it is made there, and taken away again when that fails.
  await rm(ready, { recursive: true, force: true });
  let said = '';
  const run = async (command: string, args: readonly string[]): Promise<boolean> => {
    const { code, output } = await runProgram({ command, args, cwd: CACHE, env: process.env });
    said = output;
    return code === 0;
  };
  const pip = ['install', '--quiet', '--disable-pip-version-check', '--no-input', ...PACKAGES];
  const python = join(ready, 'bin', 'python');
  // Debian has venv without ensurepip; the pip outside can then install into it.
  const installed =
    ((await run('python3', ['-m', 'venv', ready])) && (await run(python, ['-m', 'pip', ...pip]))) ||
    ((await run('python3', ['-m', 'venv', '--clear', '--without-pip', ready])) &&
      (await run('python3', ['-m', 'pip', '--python', python, ...pip])));
  if (installed) return;
  await rm(ready, { recursive: true, force: true });
  throw new Error(`dbt could not be installed with pip:\n${said.slice(-2_000)}`);
}
