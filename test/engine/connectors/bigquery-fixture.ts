import type pg from 'pg';
import { Connection } from '../../../engine/contracts/config.ts';
import type { LandedColumn, PullWindow } from '../../../engine/contracts/pull.ts';
import type { DeclaredSource } from '../../../engine/contracts/project.ts';
import { SourceTable } from '../../../engine/contracts/source.ts';
import { bigquery } from '../../../engine/connectors/bigquery.ts';
import type { OpenSource, RejectedRow, SourceFigures, TableRead } from '../../../engine/connectors/connector.ts';
import { landRead } from '../../setup/land-read.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

/** A connection to an emulator, with what a test wants otherwise. */
export function connectionTo(endpoint: string, more: object = {}): BigqueryConnection {
  return Connection.parse({ type: 'bigquery', project: 'test', endpoint, ...more }) as BigqueryConnection;
}

export function openBigquery(
  connection: BigqueryConnection,
  signal = new AbortController().signal,
): Promise<OpenSource> {
  return bigquery.open(connection, { name: 'lake', root: '/', signal });
}

/** A table of the dataset `ds`, as sources.yml would declare it. */
export function declare(table: { readonly name: string } & Record<string, unknown>): DeclaredSource {
  const given = table['query'] === undefined ? { schema: 'ds', ...table } : table;
  const parsed = SourceTable.parse(given);
  return {
    ...parsed,
    vertical: 'shop',
    source: 'lake',
    connection: 'lake',
    declaredIn: 'sql/shop/sources.yml',
    line: 7,
  };
}

export interface ReadOptions {
  readonly window?: Partial<PullWindow> & { readonly column: string };
  readonly standing?: readonly LandedColumn[];
  readonly signal?: AbortSignal;
}

export interface Landed {
  readonly read: TableRead;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly figures: SourceFigures;
  readonly rejected: readonly RejectedRow[];
}

export async function beginRead(
  source: OpenSource,
  table: DeclaredSource,
  { window, standing, signal }: ReadOptions = {},
): Promise<{ readonly read: TableRead; readonly rejected: RejectedRow[] }> {
  const rejected: RejectedRow[] = [];
  const read = await source.read({
    table,
    window: window === undefined ? null : { from: null, to: null, toIncluded: true, lag: null, ...window },
    standing: standing ?? null,
    reject: (row) => Promise.resolve(void rejected.push(row)),
    signal: signal ?? new AbortController().signal,
  });
  return { read, rejected };
}

/** Reads a table and lands it in Postgres; its rows come as Postgres prints them. */
export async function land(
  source: OpenSource,
  table: DeclaredSource,
  client: pg.Client,
  options: ReadOptions = {},
): Promise<Landed> {
  const { read, rejected } = await beginRead(source, table, options);
  const { rows, figures } = await landRead(read, client);
  return { read, rows, figures, rejected };
}

/** The same from a source that is opened for it alone. */
export async function landOnce(
  connection: BigqueryConnection,
  table: DeclaredSource,
  client: pg.Client,
  options: ReadOptions = {},
): Promise<Landed> {
  const source = await openBigquery(connection, options.signal);
  try {
    return await land(source, table, client, options);
  } finally {
    await source.close();
  }
}
