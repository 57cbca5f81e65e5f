import { randomInt } from 'node:crypto';
import type { CompareElsewhere } from '../engine/check/compare-elsewhere.ts';
import { resolveConnection } from '../engine/config/resolve-connection.ts';
import { resolveEnv } from '../engine/config/resolve-env.ts';
import type { Config } from '../engine/contracts/config.ts';
import type { ActivityDeps } from './deps.ts';

const SEEDS = 2 ** 47;

/** Compares with tables of the other databases that tickmark.yml names; loaded when a check asks for it. */
export function elsewhere(
  config: Config,
  { root, env }: Pick<ActivityDeps, 'root' | 'env'>,
  signal: AbortSignal,
): CompareElsewhere {
  return async (comparison, session) => {
    const { compareElsewhere } = await import('../engine/diff/compare-elsewhere.ts');
    const compare = compareElsewhere({
      connection: (name) => {
        const found = config.connections[name];
        return found && { name, config: resolveConnection(found, env) };
      },
      warehouseUrl: resolveEnv(config.warehouse.url, env),
      root,
      signal,
      seed: randomInt(SEEDS),
    });
    await compare(comparison, session);
  };
}
