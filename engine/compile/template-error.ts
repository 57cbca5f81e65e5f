import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import type { TemplateCall } from './template-syntax.ts';
import type { WordFailure } from './word-failure.ts';

export type Position = Pick<TemplateCall, 'line' | 'column'>;

/** Where a line and column of a template stand in its file. */
export type Placing = (position: Position) => Place;

/** Runs, and turns what is thrown into an EngineError at its place in the file; `calls` are those of the template that runs. */
export function withPlaces<T>(place: Placing, calls: readonly TemplateCall[], run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asEngineError(error, (thrown) => place(positionOf(thrown, calls)));
  }
}

/** Runs, and places whatever it throws at one position. */
export function atPlace<T>(place: Place, run: () => T): T {
  try {
    return run();
  } catch (error) {
    throw asEngineError(error, () => place);
  }
}

/** nunjucks' own complaint, such as a value that is missing; not one that a word of ours threw. */
export function isOfNunjucks(error: unknown): boolean {
  return isTemplateError(error) && error.cause === undefined;
}

interface TemplateError extends Error {
  readonly lineno?: number;
  readonly colno?: number;
}

function asEngineError(error: unknown, placeOf: (error: TemplateError) => Place): unknown {
  const cause = isTemplateError(error) ? (error.cause ?? error) : error;
  if (cause instanceof EngineError || !(cause instanceof Error)) return cause;
  const place = placeOf(error instanceof Error ? error : cause);
  if (isFailure(cause)) return new EngineError(cause.failureCode, cause.message, { place });
  return new EngineError('COMPILE_TEMPLATE', inWords(cause.message), { place });
}

/** nunjucks counts from 1 in what it finds wrong itself; around what a call threw, from 0 and at the last parenthesis. */
function positionOf(error: TemplateError, calls: readonly TemplateCall[]): Position {
  const { lineno = 0, colno = 0 } = error;
  if (error.cause === undefined) return { line: Math.max(lineno, 1), column: Math.max(colno, 1) };
  const call = calls.find(({ parenthesis }) => parenthesis.lineno === lineno && parenthesis.colno === colno);
  return call ?? { line: lineno + 1, column: colno + 1 };
}

function inWords(message: string): string {
  const bare = message
    .replace(/^\(.*\)(?: \[Line \d+(?:, Column \d+)?\])?\s+/, '')
    .replace(/^(?:Template render error|Error): /, '')
    .replace(/^(?:parse\w+|assertType|advanceAfterBlockEnd|compilePair): /, '');
  return bare
    .replace(/^expected variable end$/, 'expected }}')
    .replace(/^expected block end in (\w+) statement$/, 'expected %} after $1')
    .replace(/^unexpected token: (.*)$/, "unexpected '$1'")
    .replace(/^unknown block tag: (.*)$/, "no tag '$1' can stand here")
    .replace(/^Unable to call `(.*)`, which is .*$/, "'$1' cannot be called");
}

function isTemplateError(error: unknown): error is TemplateError {
  return error instanceof Error && 'lineno' in error;
}

function isFailure(error: Error): error is WordFailure {
  return 'failureCode' in error;
}
