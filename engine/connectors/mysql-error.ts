import { EngineError } from '../errors.ts';
import type { ErrorCode, Place } from '../errors.ts';

/**
 * Turns what the driver threw into an EngineError. A server's message quotes values (a bad date, a duplicate key, a number out of
 * range), so that its text is passed on only for the errors that are known to name things and nothing else.
 */
export function translateMysqlError(error: unknown, what: string, place?: Place): EngineError {
  if (error instanceof EngineError) return error;
  const { errno, code, sqlState, message } = error as {
    readonly errno?: unknown;
    readonly code?: unknown;
    readonly sqlState?: unknown;
    readonly message?: unknown;
  };
  const at = place ? { place } : {};
  if (typeof errno !== 'number' || typeof sqlState !== 'string' || errno < 1_000) {
    const known = typeof code === 'string' ? (OF_THE_DRIVER[code] ?? { reason: code }) : undefined;
    return new EngineError(
      known?.code ?? 'SOURCE_UNREACHABLE',
      `${what}: ${known?.reason ?? 'the connection failed'}`,
      at,
    );
  }
  const known = KNOWN[errno];
  const reason = known?.reason ?? (NAMES_ONLY.has(errno) && typeof message === 'string' ? message : undefined);
  const told = `error ${errno}, SQLSTATE ${sqlState === '' ? 'unknown' : sqlState}`;
  const said = reason === undefined ? told : `${reason} (${told})`;
  const passing = sqlState.startsWith('08') ? ('SOURCE_UNREACHABLE' as const) : undefined;
  return new EngineError(known?.code ?? passing ?? 'EXTRACT_FAILED', `${what}: ${said}`, {
    ...at,
    database: { reason: said, sqlState, position: undefined },
  });
}

/** The server's number of what it refused; undefined when it was not the server. */
export function mysqlErrorNumber(error: unknown): number | undefined {
  const errno = (error as { readonly errno?: unknown } | null)?.errno;
  return typeof errno === 'number' && errno >= 1_000 ? errno : undefined;
}

interface Known {
  readonly reason: string;
  readonly code?: ErrorCode;
}

const UNREACHABLE = 'SOURCE_UNREACHABLE';

const KNOWN: Readonly<Record<number, Known>> = {
  1021: { reason: 'its disk is full', code: UNREACHABLE },
  1040: { reason: 'it has too many connections', code: UNREACHABLE },
  1045: { reason: 'the user or the password was refused' },
  1053: { reason: 'it is shutting down', code: UNREACHABLE },
  1129: { reason: 'it blocks this host after too many failed connections', code: UNREACHABLE },
  1130: { reason: 'it does not let this host in' },
  1153: { reason: 'a row is larger than its max_allowed_packet' },
  1158: { reason: 'reading from the network failed', code: UNREACHABLE },
  1159: { reason: 'reading from the network took too long', code: UNREACHABLE },
  1160: { reason: 'writing to the network failed', code: UNREACHABLE },
  1161: { reason: 'writing to the network took too long', code: UNREACHABLE },
  1203: { reason: 'this user has too many connections', code: UNREACHABLE },
  1205: { reason: 'a lock was not free in time', code: UNREACHABLE },
  1213: { reason: 'deadlock', code: UNREACHABLE },
  1226: { reason: "this user's share of the server is used up", code: UNREACHABLE },
  1242: { reason: 'a subquery gave more than one row' },
  1317: { reason: 'the statement was ended by somebody', code: UNREACHABLE },
  1412: { reason: 'a table was changed after the snapshot was taken', code: 'EXTRACT_SNAPSHOT_LOST' },
  1690: { reason: 'a number is out of range' },
  1792: { reason: 'the statement would change something', code: 'EXTRACT_QUERY_REFUSED' },
  1927: { reason: 'the connection was ended by somebody', code: UNREACHABLE },
  1969: { reason: 'the statement took longer than limits.seconds', code: 'EXTRACT_CEILING' },
  3024: { reason: 'the statement took longer than limits.seconds', code: 'EXTRACT_CEILING' },
  4031: { reason: 'it ended a session that was idle for too long', code: UNREACHABLE },
};

/** No database or table of that name, no such column, no right to it, a syntax error, and the like. */
const NAMES_ONLY = new Set([
  1044, 1046, 1049, 1052, 1054, 1060, 1064, 1066, 1109, 1140, 1142, 1143, 1146, 1227, 1248, 1305, 1345, 1356, 1370,
]);

const OF_THE_DRIVER: Readonly<Record<string, Known>> = {
  PROTOCOL_CONNECTION_LOST: { reason: 'the server ended the connection', code: UNREACHABLE },
  ETIMEDOUT: { reason: 'no connection in time', code: UNREACHABLE },
  HANDSHAKE_NO_SSL_SUPPORT: {
    reason: 'the server does not encrypt; write ?ssl=false in the url if that is meant to be',
    code: 'CONFIG_INVALID',
  },
  HANDSHAKE_SSL_ERROR: {
    reason: "the server's certificate is not trusted; name its authority with ?ssl=true&ssl_ca=<file>",
    code: 'CONFIG_INVALID',
  },
};
