import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';

/** The connection's URL, checked. Its own text may hold a secret and is not in any message. */
export function parseBase(text: string, called: string): URL {
  const url = URL.parse(text);
  if (url === null || url.hostname === '') throw new EngineError('CONFIG_INVALID', `${called}: it is not a URL`);
  if (url.username !== '' || url.password !== '') {
    throw new EngineError('CONFIG_INVALID', `${called}: it holds a user or password; give them under auth`);
  }
  url.hash = '';
  return url;
}

/** Where a table's first page is, and how evidence calls it: the connection by name, because its URL may hold a secret. */
export function tableUrl(
  base: URL,
  table: DeclaredSource,
  connection: string,
): { readonly url: URL; readonly shown: string } {
  const place = { file: table.declaredIn, line: table.line };
  const path = (table.path ?? table.name).replace(/^\/+/, '');
  const url = new URL(base);
  const root = base.pathname.endsWith('/') ? base.pathname : `${base.pathname}/`;
  if (/[?#\\]/.test(path)) {
    throw new EngineError('PROJECT_INVALID', `path of ${table.name} holds ? or # or \\; parameters go under params`, {
      place,
    });
  }
  url.pathname = `${root}${path}`;
  if (!url.pathname.startsWith(root)) {
    throw new EngineError('PROJECT_INVALID', `path of ${table.name} leads out of the connection's URL`, { place });
  }
  for (const [name, value] of Object.entries(table.params ?? {})) url.searchParams.set(name, value);
  const declared = new URLSearchParams(table.params).toString();
  return { url, shown: `{${connection}}/${path}${declared === '' ? '' : `?${declared}`}` };
}
