import { readFile } from 'node:fs/promises';
import { extname, join, normalize } from 'node:path';
import helmet from '@fastify/helmet';
import fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
};

const CONTENT_SECURITY_POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** A folder that `docs generate` wrote, not yet listening: its pages and artifacts, nothing beside them, nothing outside of it. */
export async function serveDocs(directory: string): Promise<FastifyInstance> {
  const server = fastify({ logger: false });
  await server.register(helmet, {
    contentSecurityPolicy: { useDefaults: false, directives: CONTENT_SECURITY_POLICY },
    referrerPolicy: { policy: 'no-referrer' },
    strictTransportSecurity: false,
  });
  server.get('/*', async (request, reply) => {
    const path = pathOf(request.url);
    const type = path === null ? undefined : TYPES[extname(path)];
    const text = path === null || type === undefined ? null : await readFile(join(directory, path)).catch(() => null);
    if (text === null || type === undefined)
      return reply.code(404).type('text/plain; charset=utf-8').send('Not found\n');
    return reply.header('cache-control', 'no-cache').type(type).send(text);
  });
  return server;
}

/** Null for what is not of the site: the target folder also holds compiled SQL and perhaps more. */
function pathOf(url: string): string | null {
  let path: string;
  try {
    path = normalize(decodeURIComponent(url.split('?')[0] ?? '')).replace(/^\/+/, '');
  } catch {
    return null;
  }
  if (path === '') return 'index.html';
  const own =
    path.startsWith('docs/') || ['index.html', 'manifest.json', 'catalog.json', 'run_results.json'].includes(path);
  return own && !path.split('/').includes('..') ? path : null;
}
