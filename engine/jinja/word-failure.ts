import type { ErrorCode } from '../errors.ts';

/** What a word of the template language throws: the message without a place, which only the renderer knows. */
export interface WordFailure extends Error {
  readonly failureCode: ErrorCode;
}

/** An error to throw from a word; the renderer adds file, line and column. */
export function wordFailure(failureCode: ErrorCode, message: string): WordFailure {
  return Object.assign(new Error(message), { failureCode });
}
