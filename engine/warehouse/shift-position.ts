import { EngineError } from '../errors.ts';

/** An error of a statement that somebody's SQL is a part of, with its place counted in that SQL: `before` characters stand before it. */
export function shiftPosition(error: unknown, before: number): unknown {
  if (!(error instanceof EngineError) || error.database?.position === undefined) return error;
  const { reason, sqlState, position } = error.database;
  return new EngineError(error.code, `the warehouse refused a statement: ${reason}`, {
    database: { reason, sqlState, position: Math.max(1, position - before) },
  });
}
