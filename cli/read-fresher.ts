import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { EngineError } from '../engine/errors.ts';

const Sources = z.looseObject({
  results: z.array(z.looseObject({ unique_id: z.string(), max_loaded_at: z.string().nullish() })),
});

/**
 * Unique ids of sources whose newest row is newer than an earlier `source freshness` saw, or that it did not see at all; both say so
 * in their sources.json. Nothing when one of them is missing.
 */
export function readFresher(before: string, now: string): ReadonlySet<string> {
  const [earlier, current] = [before, now].map((folder) => readLoaded(join(folder, 'sources.json')));
  if (earlier === undefined || current === undefined) return new Set();
  const isFresher = ([id, loaded]: [string, number]): boolean => loaded > (earlier.get(id) ?? Number.NEGATIVE_INFINITY);
  return new Set([...current].filter(isFresher).map(([id]) => id));
}

function readLoaded(path: string): ReadonlyMap<string, number> | undefined {
  if (!existsSync(path)) return undefined;
  let found: unknown;
  try {
    found = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new EngineError('STATE_INVALID', `${path} is not JSON`);
  }
  const read = Sources.safeParse(found);
  if (!read.success) throw new EngineError('STATE_INVALID', `${path} is not a sources artifact`);
  return new Map(
    read.data.results.flatMap(({ unique_id: id, max_loaded_at: loaded }) =>
      loaded ? [[id, Date.parse(loaded)] as const] : [],
    ),
  );
}
