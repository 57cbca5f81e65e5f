import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The superuser's password of the cluster in this folder. */
export function postgresPassword(folder: string): string {
  const file = passwordFile(folder);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  throw new Error(`Postgres is running but its password file ${file} is gone; hint: end that server and start again`);
}

/** True once a password was kept; a cluster without one can no longer be entered. */
export function hasPostgresPassword(folder: string): boolean {
  return existsSync(passwordFile(folder));
}

/** Makes a password and keeps it where only this user can read it. */
export function keepNewPostgresPassword(folder: string): string {
  const password = randomBytes(24).toString('base64url');
  const draft = `${passwordFile(folder)}.new`;
  writeFileSync(draft, `${password}\n`, { mode: 0o600 });
  renameSync(draft, passwordFile(folder));
  return password;
}

function passwordFile(folder: string): string {
  return join(folder, 'password');
}
