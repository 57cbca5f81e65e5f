import { EngineError } from './errors.ts';
import type { ErrorCode, Place } from './errors.ts';

/**
 * What may be told of a database's error: its SQLSTATE, and its text only where that text can hold names but no row value
 * (class 42, syntax and names; 25, transaction state; 0A, not supported; 2201B, what is wrong with a regular expression). Everything else would carry values: 22P02 quotes the
 * bad input, 23505 the key; and so does what to_tsquery or a cast to regclass says of a value, in a code of class 42 but
 * without the place in the statement that the parser gives.
 */
function describeDatabaseError(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return describeDatabaseError(error.errors[0]);
  const code = errorCode(error);
  if (code === undefined) {
    // A driver says so in a plain Error, without a code.
    return error instanceof Error && error.name !== 'Error' ? error.name : 'the connection was lost';
  }
  if (!isSqlState(code)) return code;
  const placed = (error as { position?: unknown }).position !== undefined;
  const holdsNames = /^(25|0A|2201B)/.test(code) || (code.startsWith('42') && (placed || !QUOTES_VALUES.has(code)));
  const text = holdsNames && error instanceof Error ? error.message : KNOWN[code];
  return text === undefined ? `SQLSTATE ${code}` : `${text} (SQLSTATE ${code})`;
}

/**
 * Turns what a driver threw into an EngineError: `failed` when the database refused for a reason that stays, `lost` when the
 * same may work later (the connection, a server that stops, a deadlock, a full disk). Ours pass through.
 */
export function translateDatabaseError(
  error: unknown,
  what: string,
  codes: { failed: ErrorCode; lost: ErrorCode },
  place?: Place,
): EngineError {
  if (error instanceof EngineError) return error;
  const sqlState = errorCode(error);
  const code = sqlState === '55P03' ? 'WAREHOUSE_BUSY' : isPassing(sqlState) ? codes.lost : codes.failed;
  const position = (error as { position?: string } | undefined)?.position;
  const reason = describeDatabaseError(error);
  return new EngineError(code, `${what}: ${reason}`, {
    ...(place ? { place } : {}),
    database: { reason, sqlState, position: position ? Number(position) : undefined },
  });
}

/** A fault without an SQLSTATE came from the connection. */
function isPassing(code: string | undefined): boolean {
  return code === undefined || !isSqlState(code) || /^(08|53|57P|40|25P03)/.test(code);
}

function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

function isSqlState(code: string): boolean {
  return /^[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}

/** What Postgres' own functions raise over a value that they take for a query, a name or a type. */
const QUOTES_VALUES = new Set(['42601', '42602', '42622', '42703', '42704', '42725', '42883', '42P01', '42P02']);

const KNOWN: Readonly<Record<string, string>> = {
  '21000': 'a subquery gave more than one row',
  '22001': 'a text is longer than its column',
  '22003': 'a number is out of range',
  '22007': 'a date or time is not valid',
  '22008': 'a date or time is out of range',
  '22012': 'division by zero',
  '22021': 'a text is not valid UTF-8',
  '22P02': "a value is not of its column's type",
  '22P04': 'a row does not have the columns of its table',
  '23502': 'a value is missing',
  '23503': 'a referenced row is missing',
  '23505': 'a key stands twice',
  '23514': 'a value breaks a check constraint',
  '25006': 'the transaction is read only',
  '28P01': 'the password was refused',
  '28000': 'the role was refused',
  '3D000': 'the database does not exist',
  '40001': 'could not serialize',
  '40P01': 'deadlock',
  '53100': 'the disk is full',
  '53300': 'too many connections',
  '55P03': 'a lock was not free in time',
  '57014': 'cancelled, or past its time limit',
  '57P01': 'the server ended the session',
  '57P03': 'the server is starting or stopping',
};
