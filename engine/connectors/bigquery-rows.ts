import type { Connection } from '../contracts/config.ts';
import type { ControlTotal } from '../contracts/pull.ts';
import { EngineError } from '../errors.ts';
import { writeTuples } from '../tuples/write-tuples.ts';
import type { WireRow } from './bigquery-job.ts';
import type { PlannedRead } from './bigquery-plan.ts';
import { readFigures } from './bigquery-statement.ts';
import type { WireFigures } from './bigquery-statement.ts';
import type { ReadRequest, SourceFigures } from './connector.ts';

export interface RowsInput {
  readonly pages: () => AsyncIterable<readonly WireRow[]>;
  readonly plan: PlannedRead;
  readonly request: ReadRequest;
  readonly called: string;
  readonly limits: Connection['limits'];
  readonly translate: (error: unknown) => EngineError;
}

/** Size of a chunk of the stream, about. */
const CHUNK = 128 * 1024;
/** A row that is kept aside stays in memory whole. */
const MAX_REJECTED = 16 * 1024 * 1024;

/** The answer of `readStatement`: its rows as tuples, and its figures when it has ended. */
export function readRows(input: RowsInput): {
  readonly rows: AsyncIterable<Buffer>;
  readonly figures: () => Promise<SourceFigures>;
} {
  let told: WireFigures | undefined;
  const { plan, request, called } = input;
  const place = { file: request.table.declaredIn, line: request.table.line };

  async function* rows(): AsyncGenerator<Buffer, void> {
    const writer = writeTuples(plan.columns.length);
    const convert = rowConverter(input);
    let rejects = 0;
    let count = 0;
    try {
      for await (const page of input.pages()) {
        for (const { f: cells } of page) {
          const note = cells.at(-1)?.v ?? null;
          if (note === null) {
            count += 1;
            if (count > input.limits.rows) refuseMore(input);
            writer.add(convert(cells));
          } else if (typeof note === 'string' && note.startsWith('f')) {
            told = readFigures(note.slice(1), plan.plan.totals.length);
          } else if (typeof note === 'string' && note.startsWith('r')) {
            rejects += 1;
            if (note.length > MAX_REJECTED) {
              throw new EngineError(
                'EXTRACT_CEILING',
                `${called}: a row to be kept aside is larger than ${MAX_REJECTED} characters`,
                { place },
              );
            }
            await request.reject({
              at: `${called}, rejected row ${rejects}`,
              reason: `the row has a value in ${plan.reconciled.rejectWhenSet.join(' or ')}, new since the columns were agreed`,
              row: note.slice(1),
            });
          }
          if (writer.pendingBytes() >= CHUNK) yield writer.take();
        }
      }
      if (told === undefined) throw Object.assign(new Error('the figures are missing'), { code: 'FIGURES_MISSING' });
      yield writer.end();
    } catch (error) {
      throw input.translate(error);
    }
  }

  return {
    rows: rows(),
    figures: () => {
      if (told !== undefined) return Promise.resolve(figuresOf(told, input));
      return Promise.reject(
        new EngineError('EXTRACT_FAILED', `${called}: figures are known after the last row`, { place }),
      );
    },
  };
}

function rowConverter({ plan, called, request }: RowsInput): (cells: WireRow['f']) => (Uint8Array | null)[] {
  const place = { file: request.table.declaredIn, line: request.table.line };
  let next = 0;
  const readers = plan.plan.columns.map((column) => {
    if (column === null) return () => null;
    const at = next++;
    return (cells: WireRow['f']): Uint8Array | null => {
      const value = cells[at]?.v ?? null;
      if (value === null) return null;
      const bytes = typeof value === 'string' ? column.encode(value) : undefined;
      if (bytes !== undefined) return bytes;
      throw new EngineError(
        'EXTRACT_TYPE_REFUSED',
        `${called}: a value of column ${column.name} (${column.standard}) has no exact form as ${column.type}`,
        { place },
      );
    };
  });
  return (cells) => readers.map((reader) => reader(cells));
}

function figuresOf(told: WireFigures, { plan, request }: RowsInput): SourceFigures {
  const named = (sums: readonly (string | null)[]): ControlTotal[] =>
    request.table.control_totals.map((column, at) => ({ column, sum: sums[at] ?? null }));
  const isIncremental = request.window?.toIncluded === true;
  const { added, missing, discarded } = plan.reconciled;
  return {
    rows: BigInt(told.rows),
    totals: named(told.totals),
    whole: isIncremental ? { rows: BigInt(told.whole), totals: named(told.wholeTotals) } : null,
    cursor: request.window && { upper: plan.upper, nullRows: BigInt(told.nulls) },
    drift: { added, missing, discarded },
  };
}

function refuseMore({ called, limits, request }: RowsInput): never {
  throw new EngineError('EXTRACT_CEILING', `${called} has more than ${limits.rows} rows, the limit of its connection`, {
    place: { file: request.table.declaredIn, line: request.table.line },
  });
}
