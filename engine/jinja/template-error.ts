import { EngineError, formatPlace } from '../errors.ts';
import type { ErrorCode, Place } from '../errors.ts';
import { SyntaxFault } from './syntax/syntax-error.ts';
import type { WordFailure } from './word-failure.ts';

/** A place in a template's own text, counted from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a line and column of a template stand in their file. */
export type Placing = (position: Position) => Place;

/** An error on its way out of a template: at its place, and with the macros it passed. */
class TemplateFailure extends Error {
  readonly code: ErrorCode;
  readonly place: Place;
  readonly passed: string[] = [];

  constructor(code: ErrorCode, message: string, place: Place) {
    super(message);
    this.code = code;
    this.place = place;
  }
}

/** Errors of JavaScript itself; any other class is someone's own and passes as it is. */
const ORDINARY: readonly object[] = [Error.prototype, TypeError.prototype, RangeError.prototype, SyntaxError.prototype];
/** So many macros are named that an error passed. */
const MOST_NAMED = 6;

/** The error with its place, unless it has one or is no error of a template. */
export function located(error: unknown, place: () => Place): unknown {
  if (!(error instanceof Error) || error instanceof TemplateFailure) return error;
  if (error instanceof EngineError) {
    if (error.place) return error;
    return new TemplateFailure(error.code, error.message.replace(` [${error.code}]`, ''), place());
  }
  if (!ORDINARY.includes(Object.getPrototypeOf(error) as object)) return error;
  const message = /call stack/.test(error.message) ? 'macros call each other without an end' : error.message;
  return new TemplateFailure(isFailure(error) ? error.failureCode : 'COMPILE_TEMPLATE', message, place());
}

/** The error with the macro it came out of. */
export function passing(error: unknown, macro: string, calledAt: Place): unknown {
  if (error instanceof TemplateFailure && error.passed.length < MOST_NAMED)
    error.passed.push(`in macro ${macro}, called at ${formatPlace(calledAt)}`);
  return error;
}

/** How many templates and macros are being run, one inside of the other. */
let depth = 0;

/**
 * Runs, and gives what is thrown as an EngineError at its place in the file; what has no place of its own is at `start`. Within a
 * template that is being run it stays on its way, so that the macros it passes can be told.
 */
export function withPlaces<T>(place: Placing, run: () => T, start: Position = { line: 1, column: 1 }): T {
  depth += 1;
  try {
    return run();
  } catch (error) {
    const failure =
      error instanceof SyntaxFault
        ? new TemplateFailure('COMPILE_TEMPLATE', error.message, place(error))
        : located(error, () => place(start));
    if (depth > 1 || !(failure instanceof TemplateFailure)) throw failure;
    const { code, message, passed } = failure;
    const by = passed.length === 0 ? '' : ` (${passed.join(', ')})`;
    throw new EngineError(code, `${message}${by}`, { place: failure.place });
  } finally {
    depth -= 1;
  }
}

/** Runs, and places whatever has no place yet at one position. */
export function atPlace<T>(place: Place, run: () => T): T {
  return withPlaces(() => place, run);
}

function isFailure(error: Error): error is WordFailure {
  return 'failureCode' in error;
}
