import { EngineError } from '../errors.ts';
import type { ErrorCode, Place } from '../errors.ts';

/** What BigQuery said of a request or a job that it refused. Its text may quote row values, so it stays in here. */
export interface BigqueryFault {
  /** HTTP status; null for a job that failed after it was accepted. */
  readonly status: number | null;
  /** One of https://cloud.google.com/bigquery/docs/error-messages; empty when it gave none. */
  readonly reason: string;
  readonly message: string;
}

/** Thrown by the client; every door to the engine turns it into an EngineError. */
export class BigqueryError extends Error {
  override readonly name = 'BigqueryError';
  readonly fault: BigqueryFault;

  constructor(fault: BigqueryFault) {
    super(`BigQuery: ${fault.reason}`);
    this.fault = fault;
  }

  /** Whether the same request may be answered a moment later. */
  get passing(): boolean {
    const { status, reason } = this.fault;
    return PASSING.has(reason) || status === 429 || (status !== null && status >= 500 && reason !== 'notImplemented');
  }
}

/**
 * Turns what the client threw into an EngineError that names the reason and the place in the statement, and never the text:
 * `Bad int64 value: ...` quotes a row.
 */
export function translateBigqueryError(
  error: unknown,
  what: string,
  options: { readonly place?: Place; readonly failed?: ErrorCode } = {},
): EngineError {
  if (error instanceof EngineError) return error;
  const at = options.place ? { place: options.place } : {};
  if (!(error instanceof BigqueryError)) {
    return new EngineError('SOURCE_UNREACHABLE', `${what}: ${networkCode(error)}`, at);
  }
  const { reason, status, message } = error.fault;
  const told = reason === '' ? `HTTP ${status}` : reason;
  if (error.passing) return new EngineError('SOURCE_UNREACHABLE', `${what}: ${told}`, at);
  const known = Object.hasOwn(KNOWN, reason) ? KNOWN[reason] : undefined;
  if (known) return new EngineError(known.code, `${what}: ${known.says} (${told})`, at);
  if (status === 401 || status === 403) {
    return new EngineError('EXTRACT_FAILED', `${what}: the credentials were refused (${told})`, at);
  }
  const [, line, column] = /at \[(\d+):(\d+)\]/.exec(message) ?? [];
  const said = line === undefined ? told : `${told} at line ${line}, column ${column} of the statement`;
  return new EngineError(options.failed ?? 'EXTRACT_FAILED', `${what}: ${said}`, at);
}

const PASSING = new Set([
  'backendError',
  'internalError',
  'jobBackendError',
  'jobInternalError',
  'jobRateLimitExceeded',
  'rateLimitExceeded',
  'quotaExceeded',
  'tableUnavailable',
]);

const KNOWN: Readonly<Record<string, { readonly code: ErrorCode; readonly says: string }>> = {
  notFound: { code: 'EXTRACT_SOURCE_MISSING', says: 'a table, dataset or project of the statement is not there' },
  accessDenied: {
    code: 'EXTRACT_FAILED',
    says: 'access denied; the role needs BigQuery Data Viewer on the data and BigQuery Job User on the project',
  },
  bytesBilledLimitExceeded: { code: 'EXTRACT_CEILING', says: 'it would read more than limits.bytes of the connection' },
  responseTooLarge: { code: 'EXTRACT_CEILING', says: 'a row is larger than BigQuery can answer' },
  stopped: {
    code: 'EXTRACT_CEILING',
    says: 'the job was stopped, past limits.seconds of the connection or by someone',
  },
  timeout: { code: 'EXTRACT_CEILING', says: 'the job took longer than limits.seconds of the connection' },
};

/** `ECONNREFUSED`, `UND_ERR_HEADERS_TIMEOUT`: what the network said, never the URL that it said it of. */
function networkCode(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return networkCode(error.errors[0]);
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  if (typeof code === 'string') return code;
  if (cause !== undefined) return networkCode(cause);
  return error instanceof Error ? error.name : 'unknown error';
}
