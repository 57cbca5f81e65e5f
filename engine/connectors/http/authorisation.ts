import type { Connection } from '../../contracts/config.ts';
import { EngineError } from '../../errors.ts';
import { JsonFault } from '../json/json-fault.ts';
import { findValue } from '../json/parse-records.ts';
import { PassingFault } from './exchange.ts';
import type { Answer } from './exchange.ts';

type HttpAuth = NonNullable<Extract<Connection, { type: 'http' }>['auth']>;

export interface Authorisation {
  readonly headers: () => Promise<Readonly<Record<string, string>>>;
  /** Makes the next request get new credentials, and says whether there can be new ones. */
  readonly renew: () => boolean;
  readonly close: () => void;
}

/** Posts a form to the token URL. */
export type AskToken = <T>(
  form: URLSearchParams,
  headers: Readonly<Record<string, string>>,
  judge: (answer: Answer) => T,
) => Promise<T>;

/** What a request must carry to be let in. A token is kept in memory only, and fetched anew before it ends. */
export function authorisation(auth: HttpAuth | undefined, called: string, askToken: AskToken): Authorisation {
  switch (auth?.type) {
    case undefined:
      return constant({});
    case 'bearer':
      return constant({ authorization: `Bearer ${printable(auth.token, `${called}: auth.token`)}` });
    case 'basic':
      return constant({ authorization: basic(auth.user, auth.password) });
    case 'oauth2':
      return oauth2(auth, called, askToken);
    default:
      return auth satisfies never;
  }
}

function constant(headers: Readonly<Record<string, string>>): Authorisation {
  return { headers: () => Promise.resolve(headers), renew: () => false, close: () => undefined };
}

interface Token {
  readonly value: string;
  readonly seconds: number | undefined;
}

function oauth2(auth: Extract<HttpAuth, { type: 'oauth2' }>, called: string, askToken: AskToken): Authorisation {
  let token: Promise<string> | undefined;
  let ending: NodeJS.Timeout | undefined;
  const renew = (): boolean => {
    clearTimeout(ending);
    token = undefined;
    return true;
  };
  const fetchToken = async (): Promise<string> => {
    const { value, seconds } = await askForToken(auth, called, askToken);
    // Fetched anew a tenth of its life before its end, a minute at most.
    if (seconds !== undefined) {
      const lifeMs = (seconds - Math.min(60, seconds / 10)) * 1_000;
      ending = setTimeout(renew, Math.min(lifeMs, 2_000_000_000)).unref();
    }
    return value;
  };
  return {
    headers: async () => {
      token ??= fetchToken();
      try {
        return { authorization: `Bearer ${await token}` };
      } catch (error) {
        token = undefined;
        throw error;
      }
    },
    renew,
    close: () => clearTimeout(ending),
  };
}

/** RFC 6749, 4.4. Every server must take the client's name and secret in the header; some want them in the form all the same. */
async function askForToken(
  auth: Extract<HttpAuth, { type: 'oauth2' }>,
  called: string,
  askToken: AskToken,
): Promise<Token> {
  const form = new URLSearchParams({ grant_type: 'client_credentials' });
  if (auth.scope !== undefined) form.set('scope', auth.scope);
  const coded = (text: string): string => new URLSearchParams({ v: text }).toString().slice(2);
  const header = { authorization: basic(coded(auth.client_id), coded(auth.client_secret)) };
  const judge = (answer: Answer): Token | number =>
    answer.status === 200 ? parseToken(answer, called) : answer.status;
  let given = await askToken(form, header, judge);
  if (given === 400 || given === 401) {
    form.set('client_id', auth.client_id);
    form.set('client_secret', auth.client_secret);
    given = await askToken(form, {}, judge);
  }
  if (typeof given === 'object') return given;
  throw new EngineError('EXTRACT_HTTP_REFUSED', `${called}: auth.token_url refused to give a token (status ${given})`);
}

function parseToken({ body }: Answer, called: string): Token {
  const refuse = (what: string): never => {
    throw new EngineError('EXTRACT_HTTP_REFUSED', `${called}: the answer of auth.token_url ${what}`);
  };
  try {
    const text = body.toString();
    const type = findValue(text, ['token_type']);
    if (type !== undefined && type.text.toLowerCase() !== 'bearer') refuse('is not a bearer token');
    const value = findValue(text, ['access_token']);
    if (value?.kind !== 'string') return refuse('has no access_token');
    const seconds = Number(findValue(text, ['expires_in'])?.text ?? Number.NaN);
    return {
      value: printable(value.text, `${called}: access_token`),
      seconds: Number.isFinite(seconds) && seconds > 0 ? seconds : undefined,
    };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    if (error.offset >= body.length) throw new PassingFault('cut off');
    return refuse('is not JSON');
  }
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** A line break in a header would begin another header. */
function printable(value: string, called: string): string {
  if (/^[\x21-\x7e]+$/.test(value)) return value;
  throw new EngineError('CONFIG_INVALID', `${called} is empty or has a character that a header cannot have`);
}
