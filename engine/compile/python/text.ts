import { textOf } from '../../jinja/python/print.ts';

/** A value as a template writes it; nothing where a macro was given none. */
export function text(value: unknown): string {
  return value === undefined || value === null ? '' : textOf(value);
}
