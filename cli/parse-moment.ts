import { EngineError } from '../engine/errors.ts';

const FORM = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** A date or a time as ISO 8601 in UTC; without a zone it is UTC. */
export function parseMoment(text: string, option: string): string {
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text) && text.length > 10;
  const time = FORM.test(text)
    ? Date.parse(zoned ? text : `${text.replace(' ', 'T')}${text.length > 10 ? 'Z' : ''}`)
    : NaN;
  // Date.parse moves 31 February into March.
  if (Number.isNaN(time) || !isDay(text.slice(0, 10))) {
    const forms = '2026-01-31, 2026-01-31T08:00:00 or 2026-01-31T08:00:00+02:00';
    throw new EngineError(
      'OPTION_INVALID',
      `${option} takes a date or a time, as in ${forms}; without a zone it is UTC`,
    );
  }
  return new Date(time).toISOString();
}

function isDay(text: string): boolean {
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().slice(0, 10) === text;
}
