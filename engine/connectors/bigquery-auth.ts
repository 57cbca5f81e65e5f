import { GoogleAuth, JWT } from 'google-auth-library';
import { z } from 'zod';
import type { Connection } from '../contracts/config.ts';
import { EngineError } from '../errors.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

/** Gives the token that a request carries; null for an emulator, which takes none. It is fetched once and again before it ends. */
export type Authorize = () => Promise<string | null>;

/** The narrowest scope that may start a query job. That the role cannot write is the role's own: see the connector. */
const SCOPE = 'https://www.googleapis.com/auth/bigquery';

/** All that is taken from a service account's key; a key of another kind could name programs to run and places to ask. */
const ServiceAccount = z.object({
  type: z.literal('service_account'),
  client_email: z.string().min(1),
  private_key: z.string().min(1),
  private_key_id: z.string().optional(),
});

export function authorizeBigquery(connection: BigqueryConnection, name: string): Authorize {
  if (isEmulator(connection)) return () => Promise.resolve(null);
  const client = connection.credentials === undefined ? new GoogleAuth({ scopes: [SCOPE] }) : jwt(connection, name);
  return async () => {
    const given = await client.getAccessToken().catch((error: unknown) => {
      throw new EngineError(
        isRefusal(error) ? 'EXTRACT_FAILED' : 'SOURCE_UNREACHABLE',
        `connection ${name}: Google gave no token for its credentials`,
      );
    });
    const token = typeof given === 'object' ? given?.token : given;
    if (!token) throw new EngineError('EXTRACT_FAILED', `connection ${name}: Google gave no token for its credentials`);
    return token;
  };
}

/** An endpoint without TLS is an emulator's: it is never sent a token, and may lack what the cloud has. */
export function isEmulator({ endpoint }: BigqueryConnection): boolean {
  return endpoint !== undefined && new URL(endpoint).protocol === 'http:';
}

function jwt({ credentials }: BigqueryConnection, name: string): JWT {
  const parsed = ServiceAccount.safeParse(parseJson(credentials ?? ''));
  if (!parsed.success) {
    throw new EngineError(
      'CONFIG_INVALID',
      `credentials of connection ${name} are not a service account's key in JSON`,
    );
  }
  const { client_email: email, private_key: key, private_key_id: keyId } = parsed.data;
  return new JWT({ email, key, ...(keyId === undefined ? {} : { keyId }), scopes: [SCOPE] });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Google answered, and said no; or there are no credentials to ask with, or they cannot sign. */
function isRefusal(error: unknown): boolean {
  const { status, code } = (error ?? {}) as { status?: unknown; code?: unknown };
  const answered = typeof status === 'number' ? status : undefined;
  if (answered !== undefined) return answered >= 400 && answered < 500 && answered !== 429;
  return typeof code !== 'string' || code.startsWith('ERR_');
}
