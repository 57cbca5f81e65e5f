/** Something that waits for others, by their ids. */
export interface Dependent {
  readonly id: string;
  readonly after: readonly string[];
}

/**
 * Works on every item once all those it waits for are done, `atOnce` at the same time at most, in the given order where there is a
 * choice. The first failure ends it: what runs is waited for, nothing more is begun, and the failure is thrown. Workflow-safe.
 */
export async function inDependencyOrder<T extends Dependent>(
  items: readonly T[],
  atOnce: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const known = new Set(items.map(({ id }) => id));
  const done = new Set<string>();
  const waiting = [...items];
  const running = new Map<string, Promise<void>>();
  let failure: { readonly error: unknown } | undefined;
  const isDue = ({ after }: T): boolean => after.every((id) => done.has(id) || !known.has(id));

  for (;;) {
    while (!failure && running.size < atOnce) {
      const next = waiting.findIndex(isDue);
      const [item] = next < 0 ? [] : waiting.splice(next, 1);
      if (item === undefined) break;
      const ending = work(item)
        .catch((error: unknown) => {
          failure ??= { error };
        })
        .then(() => {
          done.add(item.id);
          running.delete(item.id);
        });
      running.set(item.id, ending);
    }
    if (running.size === 0) break;
    await Promise.race(running.values());
  }
  if (failure) throw failure.error;
  if (waiting.length > 0) throw new RangeError('items wait for each other in a circle');
}
