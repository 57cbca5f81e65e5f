import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Connection } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Connector, ConnectorContext, OpenSource, ReadRequest, SourceFigures, TableRead } from './connector.ts';
import { formatOf } from './files/file-kind.ts';
import type { FileFormat } from './files/file-kind.ts';
import { findFiles } from './files/find-files.ts';
import type { FoundFile, ParsedTail } from './files/parse-job.ts';
import { runParser } from './files/run-parser.ts';
import type { RunningParser } from './files/run-parser.ts';

export type FilesConnection = Extract<Connection, { type: 'files' }>;

/** Files of one table, where this machine can read them, and what the place they came from says of them. */
interface FilesAtHand {
  readonly files: readonly FoundFile[];
  readonly system: Readonly<Record<string, string>>;
  readonly query: string;
  readonly discard: () => Promise<void>;
}

/**
 * Reads files strictly: CSV, NDJSON, JSON, Parquet and workbooks, plain or packed, of a folder or a bucket. They are parsed in a
 * process of its own, in one pass: rows leave it while it judges them, and a file that is found broken, cut off or changed after
 * that ends the stream with an error, so that nothing of it is put in place.
 */
export const files = {
  open: (connection, context) => Promise.resolve(openFiles(connection, context)),
} satisfies Connector<FilesConnection>;

function openFiles(connection: FilesConnection, context: ConnectorContext): OpenSource {
  const closing = new Set<() => Promise<void>>();
  return {
    parallel: 2,
    read: (request) => readTable(request, connection, context, closing),
    // Files have no moment to lose: one that changes is refused.
    lost: new Promise<never>(() => undefined),
    close: async () => {
      for (const close of closing) await close();
    },
  };
}

async function readTable(
  request: ReadRequest,
  connection: FilesConnection,
  context: ConnectorContext,
  closing: Set<() => Promise<void>>,
): Promise<TableRead> {
  const { table } = request;
  const file = table.file ?? `${table.name}.${table.format ?? 'csv'}`;
  const format = formatFor(table, file);
  const { limits } = connection;
  const signal = AbortSignal.any([request.signal, context.signal]);
  const found = await locate(file, table, connection, context, signal);
  closing.add(found.discard);
  const job = {
    files: found.files,
    format,
    table,
    window: request.window,
    standing: request.standing,
    maxBytes: limits.bytes,
  };
  const parser = runParser(job, {
    cache: join(context.root, '.tickmark', 'cache', 'parser'),
    called: file,
    seconds: limits.seconds,
    signal,
    reject: request.reject,
  });
  const close = async (): Promise<void> => {
    await parser.stop();
    await found.discard();
    closing.delete(close);
    closing.delete(found.discard);
  };
  closing.add(close);
  try {
    const { columns } = await parser.head;
    let tail: ParsedTail | undefined;
    async function* rows(): AsyncIterable<Buffer> {
      try {
        yield* parser.rows();
        tail = await parser.tail;
      } finally {
        await close();
      }
    }
    return {
      // What the files were is known when they have been read to their end.
      get system() {
        return {
          type: 'files',
          format,
          ...found.system,
          ...(tail ? describeFiles(tail) : {}),
          ...(tail ? discardedOf(tail) : {}),
        };
      },
      get files() {
        return tail?.files;
      },
      get snapshotId() {
        return tail ? `sha256:${hashOf(tail)}` : '';
      },
      query: found.query,
      bindings: request.window === null ? {} : { from: request.window.from, to: request.window.to },
      columns,
      rows: rows(),
      figures: () => figuresOf(parser),
    };
  } catch (error) {
    await close();
    throw error;
  }
}

function formatFor(table: DeclaredSource, file: string): FileFormat {
  const format = table.format ?? formatOf(file);
  if (format !== undefined) return format;
  throw new EngineError('PROJECT_INVALID', `the name ${file} does not tell its format: declare format`, {
    place: { file: table.declaredIn, line: table.line },
  });
}

async function locate(
  file: string,
  table: DeclaredSource,
  connection: FilesConnection,
  context: ConnectorContext,
  signal: AbortSignal,
): Promise<FilesAtHand> {
  const place = { file: table.declaredIn, line: table.line };
  if (connection.s3 !== undefined) {
    const { fetchObjects } = await import('./files/fetch-objects.ts');
    return fetchObjects({
      s3: connection.s3,
      limits: connection.limits,
      file,
      connection: context.name,
      place,
      signal,
    });
  }
  const directory = resolve(context.root, connection.directory ?? '.');
  const found = await findFiles({ directory, file, connection: context.name, place });
  return { files: found, system: {}, query: file, discard: () => Promise.resolve() };
}

function describeFiles({ files: read }: ParsedTail): Record<string, string> {
  const [first] = read;
  const bytes = read.reduce((sum, each) => sum + BigInt(each.bytes), 0n).toString();
  if (read.length === 1 && first !== undefined) return { file: first.name, bytes, sha256: first.sha256 };
  return { files: read.length.toString(), bytes, sha256: hashOf({ files: read }) };
}

/** How many values were left out because they are not of their declared type. */
function discardedOf({ discardedValues }: ParsedTail): Record<string, string> {
  return discardedValues === '0' ? {} : { discarded_values: discardedValues };
}

/** Of one file the hash of its bytes; of several a hash over their list, one `<sha256>  <name>` a line, as sha256sum prints it. */
function hashOf({ files: read }: Pick<ParsedTail, 'files'>): string {
  const [first] = read;
  if (read.length === 1 && first !== undefined) return first.sha256;
  const list = createHash('sha256');
  for (const { name, sha256 } of read) list.update(`${sha256}  ${name}\n`);
  return list.digest('hex');
}

async function figuresOf(parser: RunningParser): Promise<SourceFigures> {
  const { rows, totals, whole, cursor, drift } = await parser.tail;
  return {
    rows: BigInt(rows),
    totals,
    whole: whole && { rows: BigInt(whole.rows), totals: whole.totals },
    cursor: cursor && { upper: cursor.upper, nullRows: BigInt(cursor.nullRows) },
    drift,
  };
}
