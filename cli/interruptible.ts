import { EngineError } from '../engine/errors.ts';
import type { CliContext } from './context.ts';

/** Waits for work, or fails at the first Ctrl-C, so that what the command opened is closed at once. */
export function interruptible<T>(work: Promise<T>, { interrupted }: Pick<CliContext, 'interrupted'>): Promise<T> {
  const refused = interrupted.then((): never => {
    throw new EngineError('INTERRUPTED', 'interrupted');
  });
  return Promise.race([work, refused]);
}
