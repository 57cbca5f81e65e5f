import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import type { Connection } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';
import { authorizeBigquery } from './bigquery-auth.ts';
import { BigqueryError } from './bigquery-error.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

export interface BigqueryClient {
  /** Longest silence of one request, in milliseconds. */
  readonly stallMs: number;
  /** One call of the REST API below the project; tried again a bounded number of times, so only for calls that may repeat. */
  readonly call: (request: ApiCall) => Promise<unknown>;
  /** Ends every request under way. */
  readonly destroy: () => Promise<void>;
}

export interface ApiCall {
  readonly method: 'GET' | 'POST';
  /** Below `/bigquery/v2/projects/`, segments not yet encoded. */
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

const CONNECT_MS = 15_000;
const LONGEST_STALL_MS = 60_000;
/** A token comes from another server than the answer. */
const TOKEN_MS = 30_000;
const RETRY_AFTER_MS = [250, 1_000, 4_000];
/** BigQuery's own pages stay below 20 MB unless one row is larger. */
const LARGEST_ANSWER = 128 * 1024 * 1024;

/**
 * The REST API by undici and not by @google-cloud/bigquery: that client (9.3.0, through teeny-request and node-fetch 3) gives
 * no time limit to a request, so a server that is black-holed holds it for ever, and no way to abort one.
 */
export function bigqueryClient(connection: BigqueryConnection, name: string): BigqueryClient {
  const stallMs = Math.min(connection.limits.seconds * 1_000, LONGEST_STALL_MS);
  const agent = new Agent({
    connect: { timeout: Math.min(CONNECT_MS, stallMs) },
    headersTimeout: stallMs,
    bodyTimeout: stallMs,
    connections: 16,
  });
  const authorize = authorizeBigquery(connection, name);
  const base = `${(connection.endpoint ?? 'https://bigquery.googleapis.com').replace(/\/+$/, '')}/bigquery/v2/projects`;

  const attempt = async ({ method, path, query = {}, body, signal }: ApiCall): Promise<unknown> => {
    const token = await within(authorize(), TOKEN_MS, signal, name);
    const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
    const url = `${base}/${path.map(encodeURIComponent).join('/')}?${new URLSearchParams(given).toString()}`;
    const answer = await request(url, {
      method,
      dispatcher: agent,
      signal: AbortSignal.any([signal, AbortSignal.timeout(connection.limits.seconds * 1_000)]),
      headers: {
        accept: 'application/json',
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await readBody(answer.body, name);
    if (answer.statusCode !== 200) throw faultOf(answer.statusCode, text);
    return parse(text);
  };

  return {
    stallMs,
    call: async (call) => {
      for (let tries = 0; ; tries += 1) {
        try {
          return await attempt(call);
        } catch (error) {
          if (call.signal.aborted) throw cancelled(name);
          const delay = RETRY_AFTER_MS[tries];
          if (delay === undefined || !isPassing(error)) throw error;
          await sleep(delay, undefined, { signal: call.signal }).catch(() => Promise.reject(cancelled(name)));
        }
      }
    },
    destroy: () => agent.destroy(),
  };
}

/** What a pull that was cancelled ends with. */
export function cancelled(name: string): EngineError {
  return new EngineError('EXTRACT_CANCELLED', `connection ${name}: the pull was cancelled`);
}

/** Not after a silence: that took its whole time already, and the pull as a whole is tried again anyway. */
function isPassing(error: unknown): boolean {
  if (error instanceof EngineError) return false;
  if (error instanceof BigqueryError) return error.passing && error.fault.reason !== 'quotaExceeded';
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  return !/TIMEOUT|TIMEDOUT|TimeoutError/.test(`${String(code)} ${String(name)}`);
}

async function within<T>(work: Promise<T>, ms: number, signal: AbortSignal, name: string): Promise<T> {
  const timer = new AbortController();
  const late = sleep(ms, undefined, { signal: AbortSignal.any([signal, timer.signal]) }).then(
    () => Promise.reject(new EngineError('SOURCE_UNREACHABLE', `connection ${name}: Google gave no token in time`)),
    () => Promise.reject(cancelled(name)),
  );
  // Whichever comes second is nobody's to hear.
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    timer.abort();
  }
}

async function readBody(body: AsyncIterable<Buffer>, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > LARGEST_ANSWER) {
      throw new EngineError('EXTRACT_CEILING', `connection ${name}: one page of rows is over ${LARGEST_ANSWER} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An answer that is no JSON is not BigQuery's: a proxy's page, or cut off. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw Object.assign(new Error('the answer is not JSON'), { code: 'BAD_ANSWER' });
  }
}

function faultOf(status: number, text: string): BigqueryError {
  const { error } = (safely(text) ?? {}) as { error?: { message?: unknown; errors?: { reason?: unknown }[] } };
  const reason = error?.errors?.[0]?.reason;
  return new BigqueryError({
    status,
    reason: typeof reason === 'string' ? reason : '',
    message: typeof error?.message === 'string' ? error.message : '',
  });
}

function safely(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
