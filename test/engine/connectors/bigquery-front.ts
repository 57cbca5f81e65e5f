import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request as it came in. */
export interface FrontRequest {
  readonly method: string;
  /** Below the project: `/jobs`, `/queries/tickmark_...`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** The body's JSON; an empty object without one. */
  readonly body: JobBody;
}

interface JobBody {
  readonly jobReference?: { readonly jobId?: string };
  readonly configuration?: {
    readonly dryRun?: boolean;
    readonly jobTimeoutMs?: string;
    readonly query?: Readonly<Record<string, unknown>>;
  };
}

/** What to do with a request instead of passing it on and its answer back. */
export type Fault =
  | { readonly status: number; readonly reason: string; readonly message?: string }
  | { readonly text: string }
  | { readonly rewrite: (answer: Record<string, unknown>) => object }
  | 'hang'
  | 'hang in the answer'
  | 'reset'
  | 'truncate';

export interface Front {
  readonly endpoint: string;
  readonly requests: FrontRequest[];
  /** Asked for each request. */
  fault: (request: FrontRequest) => Fault | undefined;
  /** Connections that are open. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

/** Stands before the emulator, remembers what was asked, and makes faults to order. */
export async function startFront(target: string): Promise<Front> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('error', () => undefined);
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', target);
      const sent = Buffer.concat(chunks);
      const request: FrontRequest = {
        method: incoming.method ?? '',
        path: url.pathname.replace(/^\/bigquery\/v2\/projects\/[^/]+/, ''),
        query: url.searchParams,
        headers: incoming.headers,
        body: sent.length === 0 ? {} : (JSON.parse(sent.toString()) as JobBody),
      };
      front.requests.push(request);
      answer(request, url, sent, outgoing).catch(() => outgoing.destroy());
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });

  const answer = async (request: FrontRequest, url: URL, sent: Buffer, outgoing: ServerResponse): Promise<void> => {
    const fault = front.fault(request);
    if (fault === 'hang') return;
    if (fault === 'reset') return void outgoing.destroy();
    if (typeof fault === 'object' && 'status' in fault) {
      const { status, reason, message = reason } = fault;
      outgoing.writeHead(status, { 'content-type': 'application/json' });
      return void outgoing.end(JSON.stringify({ error: { code: status, message, errors: [{ reason, message }] } }));
    }
    if (typeof fault === 'object' && 'text' in fault) {
      outgoing.writeHead(200, { 'content-type': 'text/html' });
      return void outgoing.end(fault.text);
    }
    const passed = await fetch(url, {
      method: request.method,
      headers: { 'content-type': 'application/json' },
      ...(sent.length === 0 ? {} : { body: sent.toString() }),
    });
    let body = Buffer.from(await passed.arrayBuffer());
    if (typeof fault === 'object') {
      body = Buffer.from(JSON.stringify(fault.rewrite(JSON.parse(body.toString()) as Record<string, unknown>)));
    }
    outgoing.writeHead(passed.status, { 'content-type': 'application/json', 'content-length': body.length });
    if (fault === undefined || typeof fault === 'object') return void outgoing.end(body);
    outgoing.write(body.subarray(0, body.length >> 1), () => {
      if (fault === 'truncate') outgoing.destroy();
    });
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: Front = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    fault: () => undefined,
    connections: () => sockets.size,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return front;
}
