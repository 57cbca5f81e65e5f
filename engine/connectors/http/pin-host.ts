import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { LookupFunction } from 'node:net';
import { EngineError } from '../../errors.ts';
import { within } from './within.ts';

export interface PinInput {
  readonly url: URL;
  /** What the URL is, for messages: `connection shop`. */
  readonly called: string;
  readonly judge: (address: string) => boolean;
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The system's name service when left out. */
  readonly resolve?: ResolveHost | undefined;
}

/** Gives all addresses of a name. */
export type ResolveHost = (host: string) => Promise<readonly string[]>;

/**
 * Resolves a host once and gives the lookup that answers with the addresses that were judged, and with no other: what the name
 * service says later cannot move the connection elsewhere.
 */
export async function pinHost(input: PinInput): Promise<LookupFunction> {
  const { url, called, judge } = input;
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new EngineError('EXTRACT_ADDRESS_REFUSED', `${called}: only http and https are read, not ${url.protocol}`);
  }
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const found = isIP(host) > 0 ? [host] : await resolve(host, input);
  const pinned = found.filter(judge).map((address) => ({ address, family: isIP(address) }));
  const [first] = pinned;
  if (!first) {
    throw new EngineError('EXTRACT_ADDRESS_REFUSED', `${called}: ${host} is not an address of the public internet`);
  }
  return (asked, options, callback) => {
    if (asked !== host) callback(new Error('another host was asked for than the one that was judged'), '', 0);
    else if (options.all === true) callback(null, pinned);
    else callback(null, first.address, first.family);
  };
}

async function resolve(host: string, input: PinInput): Promise<readonly string[]> {
  const { called, signal, timeoutMs, resolve: ask = askSystem } = input;
  // RFC 6761: the name is loopback, whatever a name service makes of it.
  if (/^(.+\.)?localhost\.?$/.test(host)) return ['127.0.0.1', '::1'];
  try {
    return await within({ signals: [signal], timeoutMs }, () => ask(host));
  } catch (error) {
    if (error instanceof EngineError) throw error;
    const code = (error as { code?: unknown }).code;
    const reason = typeof code === 'string' ? code : 'no answer';
    throw new EngineError('SOURCE_UNREACHABLE', `${called}: the name ${host} could not be resolved (${reason})`);
  }
}

const askSystem: ResolveHost = async (host) => (await lookup(host, { all: true })).map(({ address }) => address);
