import { existsSync } from 'node:fs';
import { chown, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { PostgresPlace } from './place-postgres.ts';
import { hasPostgresPassword, keepNewPostgresPassword, postgresPassword } from './postgres-password.ts';
import { runProgram } from './run-program.ts';

/** Creates the cluster and its password once; an existing cluster is left as it is. Call it under the home's lock. */
export async function createCluster(options: {
  folder: string;
  place: PostgresPlace;
  durability: 'safe' | 'none';
  say: (line: string) => void;
}): Promise<void> {
  const { folder, place, durability, say } = options;
  if (existsSync(place.dataDir)) {
    if (hasPostgresPassword(folder)) return;
    // The home was deleted and made anew: these rows belong to an earlier project that nobody can log in to.
    const aside = await setAside(place.dataDir);
    say(`Postgres data without its password file was set aside as ${aside}`);
  }

  say('Creating the Postgres database (once) ...');
  const password = hasPostgresPassword(folder) ? postgresPassword(folder) : keepNewPostgresPassword(folder);
  const scratch = `${place.dataDir}.new`;
  const passwordCopy = join(scratch, 'password');
  const draft = join(scratch, 'data');
  await rm(scratch, { recursive: true, force: true });
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 });
    await writeFile(passwordCopy, password, { mode: 0o600 });
    for (const path of [scratch, draft, passwordCopy]) {
      if (place.runAs !== null) await chown(path, place.runAs.uid, place.runAs.gid);
    }
    await initdb(place, draft, passwordCopy, durability);
    // In one step, so that an initdb that was cut short never looks like a cluster.
    await rename(draft, place.dataDir);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function initdb(place: PostgresPlace, dataDir: string, passwordFile: string, durability: string): Promise<void> {
  const result = await runProgram({
    command: place.program('initdb'),
    args: [
      ['-D', dataDir],
      ['--username', 'postgres'],
      ['--pwfile', passwordFile],
      ['--auth', 'scram-sha-256'],
      ['--encoding', 'UTF8'],
      // Postgres' own C.UTF-8 sorts the same on every machine and after every system upgrade; the system's does not.
      ['--locale', 'C', '--locale-provider', 'builtin', '--builtin-locale', 'C.UTF-8'],
      ['--data-checksums'],
      durability === 'none' ? ['--no-sync'] : [],
    ].flat(),
    cwd: place.native,
    env: { LC_ALL: 'C', TZ: 'UTC' },
    runAs: place.runAs,
  });
  if (result.code !== 0) throw new Error(`the Postgres database could not be created: ${result.output}`);
}

async function setAside(dataDir: string): Promise<string> {
  const others = await readdir(dirname(dataDir));
  const stem = `${basename(dataDir)}.aside-`;
  const aside = `${dataDir}.aside-${others.filter((name) => name.startsWith(stem)).length + 1}`;
  await rename(dataDir, aside);
  return aside;
}
