import { createHash } from 'node:crypto';
import type { DeclaredSource } from '../../contracts/project.ts';
import { EngineError } from '../../errors.ts';
import { writeTuples } from '../../tuples/write-tuples.ts';
import type { ReadRequest } from '../connector.ts';
import { parsePointer } from '../json/json-pointer.ts';
import { locateRecords, recordsFrom } from '../json/parse-records.ts';
import type { JsonRecord } from '../json/parse-records.ts';
import type { MappedRecord, RecordColumns } from '../json/record-columns.ts';
import { sumDecimals } from '../sum-decimals.ts';
import { decodePage } from './ask-pages.ts';
import type { WindowPlace } from './record-window.ts';
import type { Spool } from './spool.ts';
import { refuseCancelled } from './within.ts';

const CHUNK_BYTES = 128 * 1024;

export interface MapPagesInput {
  readonly table: DeclaredSource;
  readonly called: string;
  readonly columns: RecordColumns;
  readonly spool: Spool;
  /** Of the pages as they came. */
  readonly sha256: string;
  readonly place: (record: JsonRecord) => WindowPlace;
  readonly reject: ReadRequest['reject'];
  readonly signal: AbortSignal;
}

export interface MappedPages {
  /** COPY BINARY; read once. */
  readonly rows: AsyncIterable<Buffer>;
  /** Asked after the last row. */
  readonly figures: () => {
    readonly outside: bigint;
    readonly nullRows: bigint;
    readonly totals: readonly (string | null)[];
    readonly whole: { readonly rows: bigint; readonly totals: readonly (string | null)[] };
  };
  readonly discardedValues: () => bigint;
}

/** The rows of the kept pages, mapped, placed and added up as they go by. The pages are let go at the end. */
export function mapPages(input: MapPagesInput): MappedPages {
  const { table, called, columns, spool, sha256, place, reject, signal } = input;
  const path = parsePointer(table.records, { file: table.declaredIn, line: table.line });
  const totalsAt = table.control_totals.map((column) => columns.columns.findIndex(({ name }) => name === column));
  const totals = totalsAt.map(() => sumDecimals());
  const wholeTotals = totalsAt.map(() => sumDecimals());
  let [outside, nullRows, wholeRows, discardedValues] = [0n, 0n, 0n, 0n];

  const addUp = (row: Extract<MappedRecord, { as: 'row' }>, inWindow: boolean, at: string): void => {
    wholeRows += 1n;
    for (const [index, column] of totalsAt.entries()) {
      const text = row.texts[column] ?? null;
      if (text === null || wholeTotals[index]?.add(text) === true) {
        if (text !== null && inWindow) totals[index]?.add(text);
      } else if (inWindow) {
        throw new EngineError(
          'EXTRACT_NOT_A_NUMBER',
          `${called}, ${at}: column ${table.control_totals[index]} does not hold a plain decimal number`,
        );
      }
    }
  };

  /** The values to land, or nothing; what must be kept aside first is pushed to `rejections`. */
  const take = (record: JsonRecord, at: string, rejections: Rejection[]): readonly (Buffer | null)[] | undefined => {
    const where = place(record);
    const inWindow = where === 'inside' || where === 'null';
    if (!inWindow) outside += 1n;
    if (where === 'above') return undefined;
    if (where === 'null') nullRows += 1n;
    const mapped = columns.map(record);
    if (mapped.as === 'row') {
      addUp(mapped, inWindow, at);
      if (inWindow) discardedValues += BigInt(mapped.discarded);
      return inWindow ? mapped.values : undefined;
    }
    if (!inWindow) return undefined;
    if (mapped.as === 'refused') throw new EngineError(mapped.code, `${called}, ${at}: ${mapped.reason}`);
    rejections.push({ at, reason: mapped.reason, row: columns.keepAside(record) });
    return undefined;
  };

  async function* rows(): AsyncGenerator<Buffer> {
    const tuples = writeTuples(columns.columns.length);
    const bodies = createHash('sha256');
    let page = 0;
    for await (const body of spool.pages()) {
      page += 1;
      bodies.update(body);
      const text = decodePage(body) ?? '';
      let number = 0;
      let rejections: Rejection[] = [];
      for (const record of recordsFrom(text, locateRecords(text, path).start)) {
        number += 1;
        const values = take(record, `page ${page}, record ${number}`, rejections);
        if (values) tuples.add(values);
        if (tuples.pendingBytes() < CHUNK_BYTES && rejections.length < 1_000) continue;
        for (const rejection of rejections) await reject(rejection);
        rejections = [];
        refuseCancelled([signal]);
        if (tuples.pendingBytes() >= CHUNK_BYTES) yield tuples.take();
      }
      for (const rejection of rejections) await reject(rejection);
      refuseCancelled([signal]);
    }
    if (bodies.digest('hex') !== sha256) {
      throw new EngineError('EXTRACT_FAILED', `${called}: the kept pages are not those that came`);
    }
    yield tuples.end();
  }

  return {
    rows: closing(rows(), spool.close),
    figures: () => ({
      outside,
      nullRows,
      totals: totals.map((sum) => sum.total()),
      whole: { rows: wholeRows, totals: wholeTotals.map((sum) => sum.total()) },
    }),
    discardedValues: () => discardedValues,
  };
}

type Rejection = Parameters<ReadRequest['reject']>[0];

async function* closing(rows: AsyncIterable<Buffer>, close: () => Promise<void>): AsyncGenerator<Buffer> {
  try {
    yield* rows;
  } finally {
    await close();
  }
}
