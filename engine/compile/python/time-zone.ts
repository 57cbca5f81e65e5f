import { wordFailure } from '../../jinja/word-failure.ts';
import { formatOffset, offsetOf } from './format-time.ts';

/** A zone that tells how far it is ahead of UTC at a moment, and what it is called then. */
export interface TimeZone {
  readonly zone: string;
  readonly at: (utcMillis: number) => { readonly offset: number; readonly name: string };
}

export const UTC: TimeZone = { zone: 'UTC', at: () => ({ offset: 0, name: 'UTC' }) };

/** A zone that is always this many minutes ahead. */
export function fixedZone(minutes: number): TimeZone {
  if (minutes === 0) return UTC;
  const name = `UTC${formatOffset(minutes, ':')}`;
  return { zone: name, at: () => ({ offset: minutes, name }) };
}

/** A zone by its IANA name; a WordFailure where there is none of that name. */
export function namedZone(name: string): TimeZone {
  if (name.toUpperCase() === 'UTC') return UTC;
  let offsets: Intl.DateTimeFormat;
  let names: Intl.DateTimeFormat;
  try {
    offsets = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    names = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'short' });
  } catch {
    throw wordFailure('COMPILE_TEMPLATE', `no time zone '${name}'`);
  }
  const part = (format: Intl.DateTimeFormat, at: number): string =>
    format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  return {
    zone: name,
    at: (utcMillis) => {
      const offset = part(offsets, utcMillis).replace('GMT', '');
      return { offset: offset === '' ? 0 : offsetOf(offset), name: part(names, utcMillis) };
    },
  };
}
