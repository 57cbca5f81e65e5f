import { EngineError, formatPlace } from '../../errors.ts';
import type { ParseFault } from './parse-job.ts';

/** An error as it goes from process to process: its text without place and code, which the other side puts back. */
export function describeFault(error: unknown): ParseFault {
  if (error instanceof EngineError) {
    const { code, place, message } = error;
    const before = place ? `${formatPlace(place)}: `.length : 0;
    return { code, place, message: message.slice(before, -` [${code}]`.length) };
  }
  // Of what was not foreseen only the name and the place in our code may be told: its text may quote the file.
  const kind = error instanceof Error ? error.name : 'an unknown error';
  const at = error instanceof Error ? /\/((?:engine|bin)\/[\w./-]+:\d+):\d+/.exec(error.stack ?? '')?.[1] : undefined;
  return { code: 'EXTRACT_FAILED', place: undefined, message: `the parser failed: ${kind}${at ? ` at ${at}` : ''}` };
}

export function faultError({ code, message, place }: ParseFault): EngineError {
  return new EngineError(code, message, place ? { place } : {});
}
