import type { Count } from '../check-kinds/count.ts';
import { EngineError } from '../errors.ts';
import type { Session } from '../warehouse/warehouse.ts';
import { relationSizes } from './relation-sizes.ts';
import { scanStatement } from './scan-statement.ts';

/** What one check asks. */
export interface ScanRequest {
  /** As SQL that stands after `from`; empty where nothing but queries is asked. */
  readonly relation: string;
  readonly counts: readonly Count[];
}

export interface ScanAnswer {
  /** In the order of the counts, decimal text; null where SQL gave none. */
  readonly values: readonly (string | null)[];
  /** Its share of the statement that answered it with others. */
  readonly durationMs: number;
}

/** Columns of one grouping have a limit in Postgres (1,664), and plans of far fewer take longer than small tables. */
const MOST_COUNTS = 300;
/** Relations with no more than this to read go together in one statement, as long as they are no more than this together. */
const SMALL_BYTES = 16n * 1024n * 1024n;

/**
 * Asks what checks ask with as few statements as there is reason for: one for each large relation, and many small ones in one. When a
 * statement fails, halves of it find out whose fault it is; that check's answer is the error, and the others' stand.
 */
export async function runScan<R extends ScanRequest>(
  requests: readonly R[],
  session: Session,
): Promise<ReadonlyMap<R, ScanAnswer | EngineError>> {
  const answers = new Map<R, ScanAnswer | EngineError>();
  const named = [...new Set(requests.map(({ relation }) => relation))].filter((relation) => TABLE_NAME.test(relation));
  const sizes = await relationSizes(named, session);
  for (const batch of batchesOf(requests, sizes)) await ask(batch, answers, session);
  return answers;
}

/** Not a query in brackets, nor a function of a run's number. */
const TABLE_NAME = /^"(?:[^"]|"")+"\."(?:[^"]|"")+"$/;

function batchesOf<R extends ScanRequest>(
  requests: readonly R[],
  sizes: ReadonlyMap<string, bigint>,
): readonly (readonly R[])[] {
  const batches: (readonly R[])[] = [];
  let small: R[] = [];
  let [counts, bytes] = [0, 0n];
  const close = (): void => {
    if (small.length > 0) batches.push(small);
    [small, counts, bytes] = [[], 0, 0n];
  };
  for (const [relation, own] of Map.groupBy(requests, (request) => request.relation)) {
    const size = sizes.get(relation);
    const isSmall = size !== undefined && size <= SMALL_BYTES;
    if (isSmall && bytes + size > SMALL_BYTES) close();
    bytes += isSmall ? size : 0n;
    if (!isSmall) {
      batches.push(...chunksOf(own));
      continue;
    }
    for (const request of own) {
      if (counts + request.counts.length > MOST_COUNTS) close();
      small.push(request);
      counts += request.counts.length;
    }
  }
  close();
  return batches;
}

function chunksOf<R extends ScanRequest>(requests: readonly R[]): readonly (readonly R[])[] {
  const chunks: R[][] = [];
  let counts = MOST_COUNTS;
  for (const request of requests) {
    if (counts + request.counts.length > MOST_COUNTS) {
      chunks.push([]);
      counts = 0;
    }
    chunks.at(-1)?.push(request);
    counts += request.counts.length;
  }
  return chunks;
}

async function ask<R extends ScanRequest>(
  requests: readonly R[],
  answers: Map<R, ScanAnswer | EngineError>,
  session: Session,
): Promise<void> {
  const [only] = requests;
  const found = await answer(requests, session);
  if (!(found instanceof EngineError)) {
    for (const [request, one] of found) answers.set(request, one);
  } else if (requests.length === 1 && only !== undefined) {
    answers.set(only, found);
  } else {
    // What took too long together may take too long by halves as well: each is asked for itself.
    const size = found.database?.sqlState === CANCELED ? 1 : Math.ceil(requests.length / 2);
    for (let from = 0; from < requests.length; from += size)
      await ask(requests.slice(from, from + size), answers, session);
  }
}

const CANCELED = '57014';

async function answer<R extends ScanRequest>(
  requests: readonly R[],
  session: Session,
): Promise<ReadonlyMap<R, ScanAnswer> | EngineError> {
  const byRelation = [...Map.groupBy(requests, ({ relation }) => relation)];
  const statement = scanStatement(
    byRelation.map(([relation, own]) => ({ relation, counts: own.flatMap(({ counts }) => counts) })),
  );
  const started = performance.now();
  await session.execute('savepoint check_scan');
  try {
    const [row = {}] = await session.query(statement.sql);
    await session.execute('release savepoint check_scan');
    const values = statement.read(row);
    const durationMs = (performance.now() - started) / requests.length;
    return new Map(
      byRelation.flatMap(([, own], index) => {
        let at = 0;
        return own.map((request) => {
          const from = at;
          at += request.counts.length;
          return [request, { values: values[index]?.slice(from, at) ?? [], durationMs }] as const;
        });
      }),
    );
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    await session.execute('rollback to savepoint check_scan');
    await session.execute('release savepoint check_scan');
    return error;
  }
}
