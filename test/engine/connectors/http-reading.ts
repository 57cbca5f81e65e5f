import type {
  OpenSource,
  ReadRequest,
  RejectedRow,
  SourceFigures,
  TableRead,
} from '../../../engine/connectors/connector.ts';
import { openHttp } from '../../../engine/connectors/http.ts';
import type { ResolveHost } from '../../../engine/connectors/http/pin-host.ts';
import type { Timing } from '../../../engine/connectors/http/persist.ts';
import { Connection } from '../../../engine/contracts/config.ts';
import type { SourceTable } from '../../../engine/contracts/source.ts';
import { readTuples } from '../../../engine/tuples/read-tuples.ts';
import { declareTable } from '../../setup/pull-tables.ts';

type HttpConnection = Extract<Connection, { type: 'http' }>;

/** Waits that a test can afford. */
export const QUICK: Timing = { backoffMs: [5, 10, 15, 20], throttles: 5, longestWaitMs: 50 };

export function connectionTo(url: string, more: Readonly<Record<string, unknown>> = {}): HttpConnection {
  const network = { allow_networks: ['127.0.0.0/8'], requests_per_second: 10_000 };
  return Connection.parse({ type: 'http', url, ...network, ...more }) as HttpConnection;
}

export function openApi(
  connection: HttpConnection,
  {
    signal = new AbortController().signal,
    ...world
  }: { timing?: Timing; signal?: AbortSignal; resolve?: ResolveHost } = {},
): Promise<OpenSource> {
  return openHttp(connection, { name: 'shop', root: '/', signal }, { timing: QUICK, ...world });
}

export type TestRequest = Partial<Omit<ReadRequest, 'table'>> & {
  readonly table: Partial<SourceTable> & { readonly name: string };
};

export function readRequest({ table, ...request }: TestRequest): ReadRequest {
  return {
    window: null,
    standing: null,
    reject: () => Promise.resolve(),
    signal: new AbortController().signal,
    ...request,
    table: declareTable(table),
  };
}

export interface ReadAll {
  readonly read: TableRead;
  /** Text columns only: fields as text. */
  readonly rows: readonly (readonly (string | null)[])[];
  readonly figures: SourceFigures;
  readonly rejected: readonly RejectedRow[];
}

/** Opens, reads one table whole, and closes. */
export async function readAll(connection: HttpConnection, request: TestRequest): Promise<ReadAll> {
  const open = await openApi(connection);
  try {
    const rejected: RejectedRow[] = [];
    const reject = (row: RejectedRow): Promise<void> => {
      rejected.push(row);
      return Promise.resolve();
    };
    const read = await open.read(readRequest({ reject, ...request }));
    const rows: (string | null)[][] = [];
    for await (const batch of readTuples(read.rows)) {
      for (const fields of batch) rows.push(fields.map((field) => field?.toString() ?? null));
    }
    return { read, rows, figures: await read.figures(), rejected };
  } finally {
    await open.close();
  }
}
