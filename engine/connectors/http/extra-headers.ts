import type { Connection } from '../../contracts/config.ts';
import { EngineError } from '../../errors.ts';

/** What decides how the answer comes, or whom it comes from, is the connector's own. */
const OWN =
  /^(host|connection|keep-alive|te|trailer|transfer-encoding|content-.*|upgrade|expect|accept-encoding|range|if-.*|proxy-.*)$/;

/** The connection's own headers with their names in lower case; one that cannot be sent is refused by name. */
export function extraHeaders(
  { headers, auth }: Pick<Extract<Connection, { type: 'http' }>, 'headers' | 'auth'>,
  connection: string,
): Readonly<Record<string, string>> {
  const lower = Object.entries(headers).map(([name, value]): [string, string] => [name.toLowerCase(), value]);
  for (const [name, value] of lower) {
    const refuse = (what: string): never => {
      throw new EngineError('CONFIG_INVALID', `connections.${connection}.headers: ${name} ${what}`);
    };
    if (!/^[!#$%&'*+.^_`|~\da-z-]+$/.test(name)) refuse('is not the name of a header');
    if (OWN.test(name)) refuse('is set by Tickmark alone');
    if (name === 'authorization' && auth) refuse('is made of auth');
    if (!/^[\x20-\x7e]*$/.test(value)) refuse('has a character that a header cannot have');
  }
  return Object.fromEntries(lower);
}
