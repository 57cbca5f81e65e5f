import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** What goes wrong with the answer to one request. */
export type ApiFault =
  | '429'
  | '429-date'
  | '503'
  | '500'
  | 'reset'
  | 'truncate'
  | 'cut'
  | 'short-length'
  | 'hang'
  | 'stall'
  | 'html'
  | 'redirect'
  | 'empty'
  | 'no-content'
  | 'bad-json'
  | 'not-utf8'
  | 'latin1'
  | '401'
  | '403'
  | '404';

export interface HttpApi {
  readonly url: string;
  readonly port: number;
  /** Each table's records as JSON text. Paths: /all, /page, /cursor, /link and /bare, each with the table's name below it. */
  readonly tables: Map<string, readonly string[]>;
  /** Every request that came, in order. */
  readonly requests: readonly {
    readonly path: string;
    readonly authorization: string | undefined;
    readonly headers: IncomingMessage['headers'];
  }[];
  /** How many connections were ever made. */
  readonly connections: () => number;
  /** Lets the next requests for a page (from 0; any, when left out) go wrong. */
  readonly fail: (fault: ApiFault, options?: { readonly page?: number; readonly times?: number }) => void;
  readonly healAll: () => void;
  readonly options: {
    pageSize: number;
    encoding: 'identity' | 'gzip' | 'br' | 'compress' | 'bomb';
    auth: 'none' | 'bearer' | 'basic' | 'oauth2' | 'oauth2-form';
    tokenSeconds: number | undefined;
    /** Called before a page is answered. */
    onPage: ((page: number) => void | Promise<void>) | undefined;
    /** The member that ?since= is compared with, as text; whether the bound itself is given. */
    since: { readonly member: string; readonly inclusive: boolean } | undefined;
    /** How paging by number ends; and the ways in which it can be broken. */
    beyond: 'empty' | '404';
    ignoresPage: boolean;
    cursorLoop: boolean;
    linkTo: string | undefined;
    etag: boolean;
  };
  readonly revokeTokens: () => void;
  readonly tokensGiven: () => number;
  readonly stop: () => Promise<void>;
}

export const API_SECRETS = {
  token: 'canary-bearer-token',
  user: 'canary user',
  password: 'canary:pässword',
  clientId: 'canary client',
  clientSecret: 'canary/client&secret',
} as const;

/** A JSON API over tables in memory, with every kind of paging and auth that is read, and faults to order. */
export async function startHttpApi(): Promise<HttpApi> {
  const tables: HttpApi['tables'] = new Map();
  const requests: HttpApi['requests'][number][] = [];
  const sockets = new Set<Socket>();
  const faults: { fault: ApiFault; page: number | undefined; times: number }[] = [];
  const tokens = new Set<string>();
  let connections = 0;
  let tokensGiven = 0;
  const options: HttpApi['options'] = {
    pageSize: 100,
    encoding: 'identity',
    auth: 'none',
    tokenSeconds: undefined,
    onPage: undefined,
    since: undefined,
    beyond: 'empty',
    ignoresPage: false,
    cursorLoop: false,
    linkTo: undefined,
    etag: false,
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://api');
    const { authorization } = request.headers;
    requests.push({ path: `${url.pathname}${url.search}`, authorization, headers: request.headers });
    if (url.pathname === '/token') return giveToken(request, response);
    if (!mayEnter(authorization)) return send(response, 401, { body: '{"error":"who are you"}' });
    const [, kind = '', ...rest] = url.pathname.split('/');
    const records = tables.get(decodeURIComponent(rest.join('/')));
    if (records === undefined) return send(response, 404, { body: '{"error":"no such table"}' });
    const page = pageOf(kind, url);
    await options.onPage?.(page);
    const body = pageBody(kind, url, page, wanted(records, url));
    const fault = faults.find((each) => each.times > 0 && (each.page === undefined || each.page === page));
    if (fault) {
      fault.times -= 1;
      return goWrong(fault.fault, response, body.body);
    }
    return send(response, body.status ?? 200, body);
  };

  const wanted = (records: readonly string[], url: URL): readonly string[] => {
    const since = url.searchParams.get('since');
    const rule = options.since;
    if (since === null || rule === undefined) return records;
    return records.filter((record) => {
      const value = (JSON.parse(record) as Record<string, string | null>)[rule.member];
      return value !== null && value !== undefined && (rule.inclusive ? value >= since : value > since);
    });
  };

  const pageOf = (kind: string, url: URL): number => {
    if (kind === 'page') return Number(url.searchParams.get('page') ?? 1) - 1;
    if (kind === 'cursor') return Number((url.searchParams.get('after') ?? 'c0').slice(1));
    if (kind === 'link') return Number(url.searchParams.get('offset') ?? 0);
    return 0;
  };

  const pageBody = (kind: string, url: URL, page: number, records: readonly string[]): Reply => {
    const paged = kind === 'page' || kind === 'cursor' || kind === 'link';
    const at = options.ignoresPage ? 0 : page;
    const part = paged ? records.slice(at * options.pageSize, (at + 1) * options.pageSize) : records;
    const hasMore = (page + 1) * options.pageSize < records.length;
    const data = `[${part.join(',')}]`;
    switch (kind) {
      case 'bare':
        return { body: data };
      case 'page':
        if (part.length === 0 && options.beyond === '404') return { status: 404, body: '{"detail":"Invalid page."}' };
        return { body: `{"data":{"items":${data}}}` };
      case 'cursor': {
        const next = options.cursorLoop ? 1 : page + 1;
        return { body: `{"data":${data},"meta":{"next":${hasMore ? `"c${next}"` : 'null'}}}` };
      }
      case 'link': {
        const target = options.linkTo ?? `${url.pathname}?offset=${page + 1}`;
        const links = `</first>; rel="first", <${target}>; title="a, b"; rel="next last"`;
        return { body: data, ...(hasMore ? { headers: { link: links } } : {}) };
      }
      default:
        return { body: `{"data":${data}}` };
    }
  };

  const send = (response: ServerResponse, status: number, reply: Reply): void => {
    const type = { 'content-type': 'application/json; charset=utf-8', ...reply.headers };
    if (options.encoding === 'bomb') {
      response.writeHead(status, { ...type, 'content-encoding': 'gzip' }).end(bomb());
      return;
    }
    const body = Buffer.from(reply.body);
    const packed =
      options.encoding === 'gzip' ? gzipSync(body) : options.encoding === 'br' ? brotliCompressSync(body) : body;
    const etag = options.etag ? { etag: `"${body.length}"` } : {};
    const encoding = options.encoding === 'identity' ? {} : { 'content-encoding': options.encoding };
    response.writeHead(status, { ...type, ...encoding, ...etag, 'content-length': packed.length }).end(packed);
  };

  const mayEnter = (authorization: string | undefined): boolean => {
    const { token, user, password } = API_SECRETS;
    if (options.auth === 'none') return true;
    if (options.auth === 'bearer') return authorization === `Bearer ${token}`;
    if (options.auth === 'basic') {
      return authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    }
    return authorization !== undefined && tokens.has(authorization);
  };

  const giveToken = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    const { clientId, clientSecret } = API_SECRETS;
    const coded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
    const basic = `Basic ${Buffer.from(`${coded(clientId)}:${coded(clientSecret)}`).toString('base64')}`;
    const inForm = form.get('client_id') === clientId && form.get('client_secret') === clientSecret;
    const known = options.auth === 'oauth2-form' ? inForm : request.headers.authorization === basic;
    if (!known || form.get('grant_type') !== 'client_credentials') {
      return send(response, 401, { body: '{"error":"invalid_client"}' });
    }
    tokensGiven += 1;
    tokens.add(`Bearer canary-access-${tokensGiven}`);
    const expiry = options.tokenSeconds === undefined ? '' : `,"expires_in":${options.tokenSeconds}`;
    return send(response, 200, {
      body: `{"access_token":"canary-access-${tokensGiven}","token_type":"Bearer"${expiry}}`,
    });
  };

  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.on('connection', (socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    tables,
    requests,
    options,
    connections: () => connections,
    fail: (fault, { page, times = 1 } = {}) => void faults.push({ fault, page, times }),
    healAll: () => void faults.splice(0),
    revokeTokens: () => tokens.clear(),
    tokensGiven: () => tokensGiven,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Reply {
  readonly status?: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function goWrong(fault: ApiFault, response: ServerResponse, text: string): void {
  const json = { 'content-type': 'application/json' };
  const body = Buffer.from(text);
  const half = body.subarray(0, Math.floor(body.length / 2));
  switch (fault) {
    case '429':
      return void response.writeHead(429, { 'retry-after': '1' }).end('slow down');
    case '429-date': {
      const now = new Date();
      const later = new Date(now.getTime() + 1_000);
      return void response.writeHead(429, { date: now.toUTCString(), 'retry-after': later.toUTCString() }).end();
    }
    case '503':
      return void response.writeHead(503, { 'retry-after': '0' }).end();
    case '401':
    case '403':
    case '404':
    case '500':
      return void response.writeHead(Number(fault), json).end('{"error":"canary-in-the-answer"}');
    case 'reset':
      return void (response.socket as Socket).resetAndDestroy();
    case 'truncate':
      response.writeHead(200, { ...json, 'content-length': body.length });
      return void response.write(half, () => response.socket?.destroy());
    case 'cut':
      // Without a length, where only the connection's end tells where the answer ends.
      response.socket?.end(
        Buffer.concat([Buffer.from('HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n'), half]),
      );
      return undefined;
    case 'short-length':
      response.socket?.end(
        Buffer.concat([
          Buffer.from(`HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${half.length}\r\n\r\n`),
          body,
        ]),
      );
      return undefined;
    case 'hang':
      return undefined;
    case 'stall':
      response.writeHead(200, { ...json, 'content-length': body.length });
      return void response.write(half);
    case 'html':
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<html>Log in, canary-in-the-answer</html>');
    case 'redirect':
      return void response.writeHead(302, { location: '/all/secret?canary-in-the-answer' }).end();
    case 'empty':
      return void response.writeHead(200, { ...json, 'content-length': 0 }).end();
    case 'no-content':
      return void response.writeHead(204).end();
    case 'bad-json':
      return void response.writeHead(200, json).end('{"data":[{"id":canary-in-the-answer}]}');
    case 'not-utf8':
      return void response
        .writeHead(200, json)
        .end(Buffer.concat([Buffer.from('{"data":[{"id":"'), Buffer.of(0xe9, 0x22, 0x7d, 0x5d, 0x7d)]));
    case 'latin1':
      return void response
        .writeHead(200, { 'content-type': 'application/json; charset=iso-8859-1' })
        .end('{"data":[]}');
    default:
      return fault satisfies never;
  }
}

/** A few kilobytes that unpack to 256 MiB of a valid page. */
function bomb(): Buffer {
  bombed ??= gzipSync(
    Buffer.concat([Buffer.from('{"data":['), Buffer.alloc(256 * 1024 * 1024, 0x20), Buffer.from(']}')]),
  );
  return bombed;
}
let bombed: Buffer | undefined;
