import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { pipeline } from 'node:stream/promises';
import type { Readable, Transform } from 'node:stream';
import { errors, request } from 'undici';
import type { Dispatcher } from 'undici';
import { EngineError } from '../../errors.ts';
import { TimeIsUp, within } from './within.ts';

/** Far above any page that an API gives; a page is held in memory whole. */
export const MAX_PAGE_BYTES = 64 * 1024 * 1024;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded; empty unless the status is 200. */
  readonly body: Buffer;
}

/** What may be otherwise when it is asked for again: a connection that broke, an answer that was cut off. */
export class PassingFault extends Error {
  override readonly name = 'PassingFault';
  /** A code or a few words; nothing of the answer. */
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

export interface Question {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly dispatcher: Dispatcher;
  readonly signals: readonly AbortSignal[];
  /** Of the whole exchange. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** What is asked for, for messages: `connection shop, page 3`. */
  readonly called: string;
}

/** One request and its whole answer, decoded and bounded. No redirect is followed; nothing is asked twice. */
export async function exchange(question: Question): Promise<Answer> {
  const { url, method, headers, body, dispatcher, signals, timeoutMs } = question;
  try {
    return await within({ signals, timeoutMs }, async (signal) => {
      const options = { method, headers: { ...headers, ...DECODED }, body: body ?? null, dispatcher, signal };
      const answer = await request(url, options);
      const flat = Object.entries(answer.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(', ') : value,
      ]);
      const told = Object.fromEntries(flat) as Answer['headers'];
      if (answer.statusCode !== 200) {
        // What a refusal says may quote what it was given: it is not read.
        await answer.body.dump();
        return { status: answer.statusCode, headers: told, body: Buffer.alloc(0) };
      }
      return { status: 200, headers: told, body: await readBody(answer.body, told, question, signal) };
    });
  } catch (error) {
    throw translate(error, question);
  }
}

const DECODED = { 'accept-encoding': 'gzip, br' };

async function readBody(
  body: Readable,
  headers: Answer['headers'],
  { maxBytes, called }: Question,
  signal: AbortSignal,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const take = async (from: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of from) {
      length += chunk.length;
      if (length > maxBytes) {
        throw new EngineError('EXTRACT_CEILING', `${called}: the answer is larger than ${maxBytes} bytes`);
      }
      chunks.push(chunk);
    }
  };
  const decoder = decoderOf(headers['content-encoding'], called);
  if (decoder) await pipeline(body, decoder, take, { signal });
  else await pipeline(body, take, { signal });
  return Buffer.concat(chunks, length);
}

function decoderOf(encoding: string | undefined, called: string): Transform | undefined {
  switch (encoding?.trim().toLowerCase()) {
    case undefined:
    case '':
    case 'identity':
      return undefined;
    case 'gzip':
    case 'x-gzip':
      return createGunzip();
    case 'br':
      return createBrotliDecompress();
    case 'deflate':
      return createInflate();
    default:
      throw new EngineError('EXTRACT_HTTP_REFUSED', `${called}: the answer is packed in a way that was not asked for`);
  }
}

/** The text of these errors quotes headers and bytes: only their code is passed on. */
function translate(error: unknown, { called }: Question): Error {
  if (error instanceof EngineError) return error;
  if (error instanceof TimeIsUp) return new PassingFault('no whole answer in time');
  if (error instanceof errors.InvalidArgumentError) {
    return new EngineError('EXTRACT_HTTP_REFUSED', `${called}: the request cannot be sent as it is declared`);
  }
  const code = (error as { code?: unknown } | undefined)?.code;
  if (typeof code !== 'string') return error instanceof Error ? error : new PassingFault('unknown');
  if (CERTIFICATE.test(code)) {
    return new EngineError('EXTRACT_HTTP_REFUSED', `${called}: the server's certificate was refused (${code})`);
  }
  return new PassingFault(code);
}

const CERTIFICATE = /^(CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERR_TLS_CERT|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH)/;
