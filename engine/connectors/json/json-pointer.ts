import { EngineError } from '../../errors.ts';
import type { Place } from '../../errors.ts';

/** The steps of a JSON pointer (RFC 6901), `/data/items` as data, items; none for the whole document. */
export function parsePointer(pointer: string | undefined, place: Place): readonly string[] {
  if (pointer === undefined || pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) {
    throw new EngineError('PROJECT_INVALID', `${pointer} is not a JSON pointer: it looks like /data/items`, { place });
  }
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** As it is written in sources.yml. */
export function printPointer(path: readonly string[]): string {
  return path.map((step) => `/${step.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
