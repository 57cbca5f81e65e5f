import { placeGuarded } from '../jinja/place-guarded.ts';
import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';

/** Finished SQL with the values of variables in it, each as what it may be where it stands; one that would become SQL is COMPILE_VAR. */
export function placeValues(sql: string): string {
  return placeGuarded(sql, literal, (message, place) => {
    throw new EngineError('COMPILE_VAR', message, place === undefined ? {} : { place });
  });
}
