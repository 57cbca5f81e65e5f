import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import helmet from '@fastify/helmet';
import fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CheckDetail } from './check-detail.ts';
import type { ReadCheck } from './check-detail.ts';
import { checkPage } from './check-page.ts';
import { statusPage } from './status-page.ts';
import { Status } from './status.ts';
import type { ReadStatus } from './status.ts';

export interface ServerDeps {
  readonly read: ReadStatus;
  readonly readCheck: ReadCheck;
  readonly ui: { readonly temporalUrl: string | null };
  /** Told of every error that a visitor only sees as "500": the operator's log. */
  readonly onError?: (error: unknown) => void;
  readonly now?: () => Date;
}

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/**
 * The status page, a page for each check, their JSON and a health probe, not yet listening. It only reads, sets no cookie and runs no script.
 * What it sends is parsed first, so a reader that gives more than `Status` or `CheckDetail` gives it to nobody.
 */
export async function createServer(deps: ServerDeps): Promise<FastifyInstance> {
  const temporalUrl = deps.ui.temporalUrl === null ? null : webAddress(deps.ui.temporalUrl);
  const now = deps.now ?? (() => new Date());
  const style = asset('status.css');
  const icon = asset('icon.svg');
  const stylesheet = `/status.css?v=${createHash('sha256').update(style).digest('hex').slice(0, 16)}`;
  const read = async (): Promise<Status> => Status.parse(await deps.read());

  // What no id of a check can be is asked of nobody.
  const readCheck = async ({ params }: FastifyRequest): Promise<CheckDetail | null> => {
    const { id } = params as { readonly id: string };
    if (!/^[a-z][a-z0-9_.]{0,999}$/.test(id)) return null;
    const found = await deps.readCheck(id);
    return found === null ? null : CheckDetail.parse(found);
  };

  // dbt's names of tests, and so ids of checks, grow past what is usual of a part of an address.
  const server = fastify({ logger: false, routerOptions: { maxParamLength: 1000 } });
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    referrerPolicy: { policy: 'no-referrer' },
    // Whether a browser must use TLS is for the proxy that speaks it.
    strictTransportSecurity: false,
  });
  server.setErrorHandler((error, _request, reply) => {
    const status = clientErrorStatus(error);
    if (status !== null) return sendText(reply, status, 'Bad request');
    deps.onError?.(error);
    return sendText(reply, 500, 'The status could not be read');
  });
  server.setNotFoundHandler((_request, reply) => sendText(reply, 404, 'Not found'));

  server.get('/', async (_request, reply) => {
    const html = statusPage(await read(), { readAt: now().toISOString(), stylesheet, temporalUrl });
    return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
  });
  server.get('/api/status', async (_request, reply) => reply.header('cache-control', 'no-store').send(await read()));
  server.get('/checks/:id', async (request, reply) => {
    const check = await readCheck(request);
    if (check === null) return sendText(reply, 404, 'No run has recorded such a check');
    const html = checkPage(check, { readAt: now().toISOString(), stylesheet });
    return reply.header('cache-control', 'no-store').type('text/html; charset=utf-8').send(html);
  });
  server.get('/api/checks/:id', async (request, reply) => {
    const check = await readCheck(request);
    if (check === null) return sendText(reply, 404, 'No run has recorded such a check');
    return reply.header('cache-control', 'no-store').send(check);
  });
  server.get('/healthz', async (_request, reply) => {
    const readable = await read().then(
      () => true,
      (error: unknown) => {
        deps.onError?.(error);
        return false;
      },
    );
    return readable ? sendText(reply, 200, 'ok') : sendText(reply, 503, 'unavailable');
  });
  // The address holds the file's hash, so a browser may keep it for good.
  server.get('/status.css', (_request, reply) =>
    sendAsset(reply, style, 'text/css', 'public, max-age=31536000, immutable'),
  );
  server.get('/icon.svg', (_request, reply) => sendAsset(reply, icon, 'image/svg+xml', 'public, max-age=86400'));
  return server;
}

function asset(name: string): string {
  return readFileSync(new URL(name, import.meta.url), 'utf8');
}

function sendAsset(reply: FastifyReply, text: string, type: string, cacheControl: string): FastifyReply {
  return reply.header('cache-control', cacheControl).type(`${type}; charset=utf-8`).send(text);
}

function sendText(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).header('cache-control', 'no-store').type('text/plain; charset=utf-8').send(`${text}\n`);
}

/** A link that only leads to a web page: never `javascript:` or a file. */
function webAddress(address: string): string {
  const { protocol, href } = new URL(address);
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not a web address: ${address}`);
  return href;
}

/** Fastify's own refusal of a request, such as a malformed address. */
function clientErrorStatus(error: unknown): number | null {
  if (!(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : null;
}
