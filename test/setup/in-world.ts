import { createTestWorld } from './test-world.ts';
import type { TestWorld } from './test-world.ts';

/** Works in a world of its own and takes it down again, whatever happens. */
export async function inWorld<T>(work: (world: TestWorld) => Promise<T>): Promise<T> {
  const world = await createTestWorld();
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}
