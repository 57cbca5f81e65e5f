import { createHash, hash } from 'node:crypto';
import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';
import { countJsonRecords } from '../json/count-json-records.ts';
import { JsonFault } from '../json/json-fault.ts';
import { parsePointer } from '../json/json-pointer.ts';
import { locateRecords, recordsFrom } from '../json/parse-records.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import { PassingFault } from './exchange.ts';
import type { Answer } from './exchange.ts';
import { pagingOf } from './paging.ts';
import type { Spool } from './spool.ts';

/** More than any API gives; an API whose pages do not end is stopped here at the latest. */
const MAX_PAGES = 1_000_000;

export interface AskedPages {
  readonly pages: number;
  readonly bytes: number;
  /** Records by the count from bytes. */
  readonly counted: bigint;
  /** Of the pages' bodies, one after another. */
  readonly sha256: string;
  /** Of their ETags, where every page had one. */
  readonly etags: string | undefined;
  /** The server's clock at the first and the last page, ISO; undefined where it does not tell. */
  readonly from: string | undefined;
  readonly to: string | undefined;
  /** How the pages ended, where that is not told by the page before. */
  readonly endedBy: string | undefined;
}

export interface AskPagesInput {
  readonly table: DeclaredSource;
  readonly url: URL;
  readonly called: string;
  readonly limits: { readonly rows: number; readonly bytes: number };
  /** Asks for one page, as often as it takes. */
  readonly ask: <T>(url: URL, called: string, judge: (answer: Answer) => T) => Promise<T>;
  readonly spool: Spool;
  /** Told every record once, in their order; of whole pages only. */
  readonly onRecord: (record: JsonRecord) => void;
}

/** Asks for all pages of a table, each until it is whole, and keeps them. What came is never asked for again. */
export async function askPages(input: AskPagesInput): Promise<AskedPages> {
  const { table, called, limits, ask, spool, onRecord } = input;
  const path = parsePointer(table.records, { file: table.declaredIn, line: table.line });
  const paging = pagingOf(table, input.url, called);
  const bodies = createHash('sha256');
  const times: (string | undefined)[] = [];
  let etags: ReturnType<typeof createHash> | undefined = createHash('sha256');
  let bytes = 0;
  let counted = 0n;
  let pages = 0;
  let endedBy: string | undefined;
  for (let url: URL | null = paging.first; url !== null;) {
    const number = pages + 1;
    const pageCalled = `${called}, page ${number}`;
    if (number > MAX_PAGES) throw new EngineError('EXTRACT_CEILING', `${called} has more than ${MAX_PAGES} pages`);
    const page: ParsedPage | null = await ask(url, pageCalled, (answer) =>
      paging.mayEndMissing && number > 1 && answer.status === 404 ? null : parsePage(answer, path, pageCalled),
    );
    if (page === null) {
      endedBy = `status 404 for page ${number}`;
      break;
    }
    pages = number;
    const { text, body, headers, start, end } = page;
    bytes += body.length;
    if (bytes > limits.bytes)
      throw new EngineError('EXTRACT_CEILING', `${called} is larger than ${limits.bytes} bytes`);
    const counter = countJsonRecords(path);
    counter.push(body);
    counted += counter.count();
    if (counted > BigInt(limits.rows)) {
      throw new EngineError('EXTRACT_CEILING', `${called} has more than ${limits.rows} records`);
    }
    bodies.update(body);
    etags = headers['etag'] === undefined ? undefined : etags?.update(`${headers['etag']}\n`);
    times.push(timeOf(headers['date']));
    let records = 0;
    for (const record of recordsFrom(text, start)) {
      records += 1;
      onRecord(record);
    }
    await spool.add(body);
    const recordsHash = hash('sha256', text.slice(start, end));
    url = paging.next({ url, number, text, records, recordsHash, headers });
  }
  return {
    pages,
    bytes,
    counted,
    sha256: bodies.digest('hex'),
    etags: etags?.digest('hex'),
    from: times[0],
    to: times.at(-1),
    endedBy,
  };
}

interface ParsedPage extends Answer {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Only a whole page of JSON in UTF-8 is a page; one that is cut off is worth another question. */
function parsePage(answer: Answer, path: readonly string[], called: string): ParsedPage {
  const { status, headers, body } = answer;
  const refuse = (what: string): never => {
    throw new EngineError('EXTRACT_HTTP_REFUSED', `${called}: ${what}`);
  };
  if (status >= 300 && status < 400) refuse(`the server sends elsewhere (status ${status}), and that is not followed`);
  if (status !== 200) refuse(`status ${status}`);
  const [type = '', ...parameters] = (headers['content-type'] ?? '').toLowerCase().split(';');
  if (!/^application\/([\w.+-]+\+)?json$/.test(type.trim())) refuse('the answer is not declared as JSON');
  const charset = /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/;
  const foreign = parameters.map((parameter) => charset.exec(parameter)?.[1]).find((name) => name !== undefined);
  if (foreign !== undefined && !/^utf-?8$/.test(foreign)) refuse('its characters are not declared as UTF-8');
  if (body.length === 0) throw new PassingFault('an empty answer');
  const text = decodePage(body) ?? refuse('it is not valid UTF-8');
  try {
    return { ...answer, text, ...locateRecords(text, path) };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    if (error.offset >= text.length) throw new PassingFault('cut off');
    return refuse(`${error.record === undefined ? '' : `record ${error.record}: `}${error.reason}`);
  }
}

/** Undefined when it is not UTF-8. A byte order mark at the start is left out. */
export function decodePage(body: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    return undefined;
  }
}

function timeOf(date: string | undefined): string | undefined {
  const time = new Date(date ?? '');
  return Number.isNaN(time.getTime()) ? undefined : time.toISOString();
}
