import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, readdir, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { PostgresPlace } from './place-postgres.ts';

/** Makes the binaries, and the folder for the data, usable by the user Postgres runs as. Safe to repeat. */
export async function preparePlace(options: { place: PostgresPlace; say: (line: string) => void }): Promise<void> {
  const { place, say } = options;
  await linkLibraries(place.package.folder);
  if (place.runAs === null) return;

  if (place.shelter !== null) {
    say(
      `Root's Postgres runs as uid ${place.runAs.uid}, which cannot enter this project's folder: using ${place.shelter}`,
    );
    await mkdir(dirname(place.shelter), { recursive: true });
    // A strict umask would have closed what was just created.
    await chmod(dirname(place.shelter), 0o755);
  }
  await mkdir(dirname(place.dataDir), { recursive: true });
  await chmod(dirname(place.dataDir), 0o755);
  const shipped = join(place.package.folder, 'native');
  if (place.native !== shipped && !existsSync(place.native)) await copyBinaries(shipped, place.native);
}

// The package's postinstall script makes these links, and `npm ci --ignore-scripts` does not run it.
async function linkLibraries(packageFolder: string): Promise<void> {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const at = join(packageFolder, target);
    if (existsSync(at)) continue;
    await symlink(relative(dirname(at), join(packageFolder, source)), at).catch((error: NodeJS.ErrnoException) => {
      // Another process made it first.
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

async function copyBinaries(from: string, to: string): Promise<void> {
  const draft = `${to}.${randomBytes(4).toString('hex')}`;
  try {
    await cp(from, draft, { recursive: true, verbatimSymlinks: true });
    await openToAll(draft);
    await chmod(dirname(to), 0o755);
    await rename(draft, to);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const at = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(at);
    else if (entry.isFile()) await chmod(at, 0o755);
  }
}
