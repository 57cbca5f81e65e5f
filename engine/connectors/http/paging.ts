import { hash } from 'node:crypto';
import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';
import { parsePointer } from '../json/json-pointer.ts';
import { findValue } from '../json/parse-records.ts';
import { parseNextLinks } from './parse-link.ts';

export interface ReadPage {
  readonly url: URL;
  /** From 1. */
  readonly number: number;
  readonly text: string;
  readonly records: number;
  /** SHA-256 of the records' text. */
  readonly recordsHash: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** How one table's pages follow each other. */
export interface Paging {
  readonly first: URL;
  /** Where the page after this one is; null when this one was the last. A way that leads in a circle is refused. */
  readonly next: (page: ReadPage) => URL | null;
  /** Whether a page that is not there (status 404) can be how the pages end. */
  readonly mayEndMissing: boolean;
}

/** `called` names the table in messages. */
export function pagingOf(table: DeclaredSource, url: URL, called: string): Paging {
  const { paging } = table;
  const place = { file: table.declaredIn, line: table.line };
  const refuse = (number: number, what: string): never => {
    throw new EngineError('EXTRACT_HTTP_REFUSED', `${called}, page ${number}: ${what}`);
  };
  switch (paging?.by) {
    case undefined:
      return { first: url, next: () => null, mayEndMissing: false };
    case 'page':
      return byNumber(url, paging, refuse);
    case 'cursor':
      return byCursor(url, paging.param, parsePointer(paging.next, place), refuse);
    case 'link_header':
      return byLink(url, called, refuse);
    default:
      return paging satisfies never;
  }
}

type Refuse = (number: number, what: string) => never;

function byNumber(url: URL, paging: { readonly param: string; readonly first: number }, refuse: Refuse): Paging {
  let before: string | undefined;
  return {
    first: withParam(url, paging.param, String(paging.first)),
    mayEndMissing: true,
    next: ({ number, records, recordsHash }) => {
      if (records === 0) return null;
      if (recordsHash === before)
        refuse(number, `the same records as on the page before: does it know ${paging.param}?`);
      before = recordsHash;
      return withParam(url, paging.param, String(paging.first + number));
    },
  };
}

function byCursor(url: URL, param: string, path: readonly string[], refuse: Refuse): Paging {
  const isNew = onlyOnce();
  return {
    first: url,
    mayEndMissing: false,
    next: ({ number, text }) => {
      const value = findValue(text, path);
      if (value === undefined || value.kind === 'null' || value.text === '') return null;
      if (value.kind !== 'string' && value.kind !== 'number') return refuse(number, 'its next cursor is not a text');
      if (!isNew(value.text)) refuse(number, 'its next cursor was there before: the pages go round in a circle');
      return withParam(url, param, value.text);
    },
  };
}

function byLink(url: URL, called: string, refuse: Refuse): Paging {
  const isNew = onlyOnce();
  isNew(url.href);
  return {
    first: url,
    mayEndMissing: false,
    next: ({ number, url: current, headers }) => {
      const [target, ...others] = new Set(parseNextLinks(headers['link'] ?? ''));
      if (target === undefined) return null;
      if (others.length > 0) refuse(number, 'it names more than one next page');
      const next = URL.parse(target, current);
      if (next === null) return refuse(number, 'its link to the next page is not a URL');
      if (next.origin !== url.origin || next.username !== '' || next.password !== '') {
        throw new EngineError(
          'EXTRACT_ADDRESS_REFUSED',
          `${called}, page ${number}: its next page is of another server`,
        );
      }
      next.hash = '';
      if (!isNew(next.href)) refuse(number, 'its next page was read before: the pages go round in a circle');
      return next;
    },
  };
}

function withParam(url: URL, name: string, value: string): URL {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next;
}

/** A million of them must fit: half a hash is enough to tell them apart. */
function onlyOnce(): (text: string) => boolean {
  const seen = new Set<string>();
  return (text) => seen.size < seen.add(hash('sha256', text, 'base64').slice(0, 20)).size;
}
