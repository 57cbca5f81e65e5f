import { Agent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Connection } from '../contracts/config.ts';
import type { Connector, ConnectorContext, OpenSource } from './connector.ts';
import { authorisation } from './http/authorisation.ts';
import { MAX_PAGE_BYTES } from './http/exchange.ts';
import { extraHeaders } from './http/extra-headers.ts';
import { addressJudge } from './http/judge-address.ts';
import { pacer } from './http/pacer.ts';
import { persist, TIMING } from './http/persist.ts';
import type { Timing } from './http/persist.ts';
import { pinHost } from './http/pin-host.ts';
import type { ResolveHost } from './http/pin-host.ts';
import { readTable } from './http/read-table.ts';
import { openSpool } from './http/spool.ts';
import type { Spool } from './http/spool.ts';
import { parseBase } from './http/table-url.ts';

type HttpConnection = Extract<Connection, { type: 'http' }>;

/** A server that says nothing for so long is taken for dead, however long a whole answer may take. */
const SILENCE_SECONDS = 60;
const CONNECT_SECONDS = 10;
const MAX_TOKEN_BYTES = 1024 * 1024;

/**
 * Reads JSON APIs page by page. An API gives no snapshot and no count: the manifest tells between which times the pages were
 * read, and rows are counted from the pages' bytes beside the parser. Only addresses of the public internet are reached, or
 * those of networks that are listed, and no redirect is followed.
 */
export const http = {
  open: (connection, context) => openHttp(connection, context),
} satisfies Connector<HttpConnection>;

export async function openHttp(
  connection: HttpConnection,
  context: ConnectorContext,
  { timing = TIMING, resolve }: { readonly timing?: Timing; readonly resolve?: ResolveHost } = {},
): Promise<OpenSource> {
  const called = `connection ${context.name}`;
  const base = parseBase(connection.url, called);
  const judge = addressJudge(connection.allow_networks, context.name);
  const headers = extraHeaders(connection, context.name);
  const closing = new AbortController();
  const signals = [context.signal, closing.signal];
  const { limits } = connection;
  const timeoutMs = limits.seconds * 1_000;
  const agents: Agent[] = [];
  const spools = new Set<Spool>();

  const openAgent = async (url: URL, what: string): Promise<Dispatcher> => {
    const connectMs = Math.min(limits.seconds, CONNECT_SECONDS) * 1_000;
    const lookup = await pinHost({ url, called: what, judge, signal: context.signal, timeoutMs: connectMs, resolve });
    const silenceMs = Math.min(limits.seconds, SILENCE_SECONDS) * 1_000;
    const agent = new Agent({
      connect: { lookup, timeout: connectMs, autoSelectFamily: true },
      connections: 1,
      pipelining: 1,
      // One protocol with one set of faults.
      allowH2: false,
      headersTimeout: silenceMs,
      bodyTimeout: silenceMs,
    });
    agents.push(agent);
    return agent;
  };
  const pace = pacer(connection.requests_per_second, signals);
  const deps = { timing, pace };
  const dispatcher = await openAgent(base, called);

  let tokenAgent: Dispatcher | undefined;
  const auth = authorisation(connection.auth, called, async (form, authHeaders, judgeAnswer) => {
    const what = `${called}, auth.token_url`;
    const url = parseBase(connection.auth?.type === 'oauth2' ? connection.auth.token_url : '', what);
    tokenAgent ??= await openAgent(url, what);
    const question = {
      url,
      method: 'POST' as const,
      body: form.toString(),
      dispatcher: tokenAgent,
      headers: { ...authHeaders, accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
      signals,
      timeoutMs,
      maxBytes: MAX_TOKEN_BYTES,
      called: what,
    };
    return persist(question, deps, judgeAnswer);
  });

  return {
    parallel: 1,
    lost: new Promise<never>(() => undefined),
    read: async (request) => {
      const reading = [...signals, request.signal];
      const spool = await openSpool();
      spools.add(spool);
      try {
        return await readTable(request, {
          connection: context.name,
          base,
          auth: connection.auth?.type ?? 'none',
          limits,
          spool,
          ask: async (url, pageCalled, judgeAnswer) => {
            for (let renewed = false; ; renewed = true) {
              const all = { accept: 'application/json', ...headers, ...(await auth.headers()) };
              const question = {
                url,
                method: 'GET' as const,
                headers: all,
                dispatcher,
                signals: reading,
                timeoutMs,
                maxBytes: Math.min(MAX_PAGE_BYTES, limits.bytes),
                called: pageCalled,
              };
              const given = await persist(question, deps, (answer) =>
                answer.status === 401 && !renewed && auth.renew() ? RENEW : { made: judgeAnswer(answer) },
              );
              if (given !== RENEW) return given.made;
            }
          },
        });
      } catch (error) {
        await spool.close();
        throw error;
      }
    },
    close: async () => {
      closing.abort();
      auth.close();
      for (const agent of agents) await agent.destroy();
      for (const spool of spools) await spool.close();
    },
  };
}

/** The answer says that the credentials have ended. */
const RENEW = Symbol('renew');
