import type { CheckDefinition } from '../contracts/check.ts';

/** Why a check is not run: something that it looks at was not built in this run. Undefined when all of it was. */
export function skippedBecause(
  { on, refersTo }: Pick<CheckDefinition, 'on' | 'refersTo'>,
  reads: readonly string[],
  notBuilt: ReadonlyMap<string, string> | undefined,
): string | undefined {
  if (notBuilt === undefined || notBuilt.size === 0) return undefined;
  const missing = [...new Set([on, ...reads, ...refersTo])].find((name) => notBuilt.has(name));
  return missing === undefined ? undefined : `${missing} was not built: ${notBuilt.get(missing)}`;
}
