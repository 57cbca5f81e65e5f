import { resolve } from 'node:path';
import type { CliContext } from './context.ts';

/**
 * Where OpenLineage events go: the file or address that `--openlineage` names, else the address that OPENLINEAGE_URL and
 * OPENLINEAGE_ENDPOINT give as OpenLineage's own clients read them; undefined: nowhere.
 */
export function openLineageTarget(
  given: string | undefined,
  { env, cwd }: Pick<CliContext, 'env' | 'cwd'>,
): string | undefined {
  if (given !== undefined) return /^https?:\/\//.test(given) ? given : resolve(cwd, given);
  const base = env['OPENLINEAGE_URL'];
  if (!base) return undefined;
  return `${base.replace(/\/+$/, '')}/${(env['OPENLINEAGE_ENDPOINT'] || 'api/v1/lineage').replace(/^\/+/, '')}`;
}
