import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReadRequest, RejectedRow, TableRead } from '../../../engine/connectors/connector.ts';
import { files } from '../../../engine/connectors/files.ts';
import type { FilesConnection } from '../../../engine/connectors/files.ts';
import { parseFiles } from '../../../engine/connectors/files/parse-files.ts';
import type { ParsedTail, ParseJob } from '../../../engine/connectors/files/parse-job.ts';
import { formatOf } from '../../../engine/connectors/files/file-kind.ts';
import { identityOf } from '../../../engine/connectors/files/read-bytes.ts';
import type { LandedColumn } from '../../../engine/contracts/pull.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import type { z } from 'zod';
import { SourceTable } from '../../../engine/contracts/source.ts';
import { readTuples } from '../../../engine/tuples/read-tuples.ts';

type TableSpec = Partial<z.input<typeof SourceTable>>;

export function declareFile(table: TableSpec): DeclaredSource {
  return {
    ...SourceTable.parse({ name: 'x', ...table }),
    vertical: 'shop',
    source: 'erp',
    connection: 'files',
    declaredIn: 'sql/shop/sources.yml',
    line: 3,
  };
}

export interface FilesFolder {
  readonly path: string;
  readonly write: (name: string, bytes: string | Uint8Array) => Promise<void>;
  readonly read: (
    table: Parameters<typeof declareFile>[0],
    request?: Partial<Pick<ReadRequest, 'window' | 'standing' | 'signal'>> & { readonly rejected?: RejectedRow[] },
    limits?: Partial<FilesConnection['limits']>,
  ) => Promise<TableRead>;
  /** Reads a table through a process of its own and gives its rows of text columns. */
  readonly rows: (...input: Parameters<FilesFolder['read']>) => Promise<(string | null)[][]>;
  readonly stop: () => Promise<void>;
}

export const LIMITS = { rows: 1e9, bytes: 1e12, seconds: 60 };

export async function filesFolder(s3?: FilesConnection['s3']): Promise<FilesFolder> {
  const path = await mkdtemp(join(tmpdir(), 'tickmark-files-'));
  const signal = new AbortController().signal;
  const read: FilesFolder['read'] = async (table, { rejected = [], ...request } = {}, limits = {}) => {
    const connection: FilesConnection = { type: 'files', directory: '.', s3, limits: { ...LIMITS, ...limits } };
    const source = await files.open(connection, { name: 'files', root: path, signal });
    return source.read({
      table: declareFile(table),
      window: null,
      standing: null,
      signal,
      ...request,
      reject: (row) => {
        rejected.push(row);
        return Promise.resolve();
      },
    });
  };
  return {
    path,
    write: (name, bytes) => writeFile(join(path, name), bytes),
    read,
    rows: async (...input) => textRows((await read(...input)).rows),
    stop: () => rm(path, { recursive: true }),
  };
}

export async function textRows(rows: AsyncIterable<Buffer>): Promise<(string | null)[][]> {
  const all: (string | null)[][] = [];
  for await (const batch of readTuples(rows)) {
    for (const row of batch) all.push(row.map((value) => (value === null ? null : value.toString())));
  }
  return all;
}

export async function jobOf(path: string, table: Parameters<typeof declareFile>[0] = {}): Promise<ParseJob> {
  const stats = await stat(path, { bigint: true });
  const name = path.slice(path.lastIndexOf('/') + 1);
  const declared = declareFile(table);
  return {
    files: [{ name, path, bytes: stats.size.toString(), identity: identityOf(stats) }],
    format: declared.format ?? formatOf(name) ?? 'csv',
    table: declared,
    window: null,
    standing: null,
    maxBytes: LIMITS.bytes,
  };
}

/** Parses a file in this process: for thousands of small ones. A test of what a file may do to its process uses the connector. */
export async function parseHere(
  path: string,
  table: Parameters<typeof declareFile>[0] = {},
): Promise<{
  readonly rows: (string | null)[][];
  readonly columns: readonly LandedColumn[];
  readonly tail: ParsedTail;
}> {
  const job = await jobOf(path, table);
  const chunks: Buffer[] = [];
  let columns: readonly LandedColumn[] = [];
  const tail = await parseFiles(job, {
    send: (message) => {
      if (message.kind === 'head') columns = message.head.columns;
    },
    reject: () => Promise.resolve(),
    write: (bytes) => {
      chunks.push(bytes);
      return Promise.resolve();
    },
  });
  async function* stream(): AsyncIterable<Buffer> {
    yield* chunks;
  }
  return { rows: await textRows(stream()), columns, tail };
}
