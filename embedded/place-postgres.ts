import { createHash } from 'node:crypto';
import { existsSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PostgresPackage } from './postgres-package.ts';
import type { RunAs } from './spawn-server.ts';

/** Where the data and the binaries of one home live, and as whom they run. */
export interface PostgresPlace {
  readonly dataDir: string;
  /** The folder with `bin/`, `lib/` and `share/`. */
  readonly native: string;
  /** The package the binaries come from. */
  readonly package: PostgresPackage;
  /** The folder outside the project that holds what the other user could not reach there, if anything. */
  readonly shelter: string | null;
  /** Null: as the user of this process. */
  readonly runAs: RunAs | null;
  readonly program: (name: string) => string;
}

/**
 * Decides where Postgres runs: in the home, except for root, under whom Postgres refuses to run.
 *
 * Root's server runs as uid 65534; what that user cannot reach goes under `shelters`: data to a folder of the home's own, the
 * binaries to one that all homes share.
 */
export function placePostgres(options: { folder: string; package: PostgresPackage; shelters?: string }): PostgresPlace {
  const inHome = join(options.folder, 'data');
  const shipped = join(options.package.folder, 'native');
  if (process.geteuid?.() !== 0) return placed(options.package, inHome, shipped, null, null);

  const runAs = ownerOf(inHome) ?? nobody;
  const home = realpathSync(dirname(options.folder));
  const shelters = options.shelters ?? '/var/lib/tickmark';
  const shelter = join(shelters, shortHash(home));
  const copied = join(shelters, `native-${options.package.version}`);
  const keepData = canEnter(home, runAs);
  const keepBinaries = canEnter(realpathSync(join(shipped, 'bin')), runAs);
  if (!keepData && existsSync(inHome)) throw new Error(unreachable(inHome, runAs));
  return placed(
    options.package,
    keepData ? inHome : join(shelter, 'data'),
    keepBinaries ? shipped : copied,
    !keepData ? shelter : !keepBinaries ? copied : null,
    runAs,
  );
}

function placed(
  from: PostgresPackage,
  dataDir: string,
  native: string,
  shelter: string | null,
  runAs: RunAs | null,
): PostgresPlace {
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const program = (name: string) => join(native, 'bin', `${name}${suffix}`);
  return { dataDir, native, package: from, shelter, runAs, program };
}

// No account is needed: the kernel only knows numbers, and 65534 is nobody's on Linux.
const nobody: RunAs = { uid: 65534, gid: 65534 };

// A cluster that an ordinary user made stays that user's when root starts it once.
function ownerOf(dataDir: string): RunAs | null {
  const stat = statSync(dataDir, { throwIfNoEntry: false });
  return stat === undefined || stat.uid === 0 ? null : { uid: stat.uid, gid: stat.gid };
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function canEnter(folder: string, user: RunAs): boolean {
  const stat = statSync(folder);
  const execute = stat.uid === user.uid ? 0o100 : stat.gid === user.gid ? 0o010 : 0o001;
  if ((stat.mode & execute) === 0) return false;
  return folder === dirname(folder) || canEnter(dirname(folder), user);
}

function unreachable(dataDir: string, user: RunAs): string {
  return `user ${user.uid} cannot enter ${dataDir}, where this project's data is; hint: give the folders above it o+x`;
}
