import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { resolve } from 'node:path';
import type { SslOptions } from 'mysql2';
import { EngineError } from '../errors.ts';

/** Where a MySQL or MariaDB server is, and as whom it is asked. */
export interface MysqlAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The schema of tables that name none; null when the URL has none. */
  readonly database: string | null;
  /** Null: not encrypted. */
  readonly tls: SslOptions | null;
}

/**
 * Reads `mysql://user:password@host:3306/database`. `?ssl=true` verifies the server's certificate (by `ssl_ca=<file>`, or what
 * Node trusts), `ssl=skip-verify` encrypts only, `ssl=false` does not; left out, it is true but for a server on this machine.
 *
 * No other parameter is passed on: among the driver's are some that print every statement, or allow several in one.
 */
export async function parseMysqlAddress(
  url: string,
  context: { readonly name: string; readonly root: string },
): Promise<MysqlAddress> {
  const refuse = (message: string): never => {
    throw new EngineError('CONFIG_INVALID', `connection ${context.name}: ${message}`);
  };
  // The parser's own error holds the URL, and with it the password.
  const parsed = URL.parse(url);
  if (!parsed || !/^(mysql|mariadb):$/.test(parsed.protocol) || parsed.hostname === '') {
    return refuse('url is not of the form mysql://user:password@host:3306/database');
  }
  for (const name of parsed.searchParams.keys()) {
    if (name !== 'ssl' && name !== 'ssl_ca') refuse(`url has an unknown parameter ${name}; ssl and ssl_ca are known`);
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1');
  const mode = parsed.searchParams.get('ssl') ?? (isLoopback(host) ? 'false' : 'true');
  if (!['true', 'false', 'skip-verify'].includes(mode)) refuse('ssl in url is one of true, skip-verify, false');
  // The driver would look for `localhost` in the certificate of an address, whatever it is.
  if (mode === 'true' && isIP(host) !== 0) {
    refuse(
      'url names an address, and a certificate is of a name: use the name, or write ?ssl=skip-verify or ?ssl=false',
    );
  }
  const authority = parsed.searchParams.get('ssl_ca');
  if (authority !== null && mode !== 'true') refuse('ssl_ca in url goes with ssl=true');
  const [user, password, database] = [parsed.username, parsed.password, parsed.pathname.slice(1)].map((part) =>
    decode(part, () => refuse('url has a % that stands for no character; write it as %25')),
  ) as [string, string, string];
  return {
    host,
    port: parsed.port === '' ? 3306 : Number(parsed.port),
    user,
    password,
    database: database === '' ? null : database,
    tls: mode === 'false' ? null : await tlsOptions(mode === 'true', authority, context),
  };
}

async function tlsOptions(
  verify: boolean,
  authority: string | null,
  context: { readonly name: string; readonly root: string },
): Promise<SslOptions> {
  const base: SslOptions = { minVersion: 'TLSv1.2', rejectUnauthorized: verify, verifyIdentity: verify };
  if (authority === null) return base;
  const ca = await readFile(resolve(context.root, authority), 'utf8').catch(() => {
    throw new EngineError(
      'CONFIG_INVALID',
      `connection ${context.name}: ssl_ca in url names a file that cannot be read`,
    );
  });
  return { ...base, ca };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function decode(part: string, refuse: () => never): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return refuse();
  }
}
