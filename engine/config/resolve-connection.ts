import type { Connection } from '../contracts/config.ts';
import { resolveEnv } from './resolve-env.ts';

/** The connection with every `${env:NAME}` in it replaced. The result holds secrets: never keep or print it. */
export function resolveConnection(
  connection: Connection,
  env: Readonly<Record<string, string | undefined>>,
): Connection {
  const resolve = (value: unknown): unknown => {
    if (typeof value === 'string') return resolveEnv(value, env);
    if (Array.isArray(value)) return value.map(resolve);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, resolve(each)]));
  };
  return resolve(connection) as Connection;
}
