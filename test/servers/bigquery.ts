import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { installBigqueryEmulator } from './bigquery-install.ts';

/** An emulator of BigQuery (bqemulator, over DuckDB) on a free port of the loopback, its data in memory. */
export interface BigqueryServer {
  readonly endpoint: string;
  readonly project: string;
  /** Runs one statement and gives its rows as the API tells them; throws what the emulator says of a failed one. */
  readonly query: (sql: string) => Promise<(string | null)[][]>;
  /** Makes a dataset, and a table in it by the API, which keeps types that the emulator's own DDL forgets. */
  readonly createTable: (dataset: string, table: string, fields: readonly EmulatorField[]) => Promise<void>;
  /** Puts rows in by the streaming API; values as the API's JSON takes them. */
  readonly insert: (dataset: string, table: string, rows: readonly Record<string, unknown>[]) => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface EmulatorField {
  readonly name: string;
  readonly type: string;
  readonly mode?: 'NULLABLE' | 'REPEATED';
  readonly fields?: readonly EmulatorField[];
  readonly rangeElementType?: { readonly type: string };
}

const PROJECT = 'test';
const READY_MS = 60_000;
const STOP_MS = 5_000;

export async function startBigquery(folder: string): Promise<BigqueryServer> {
  const { python, home } = await installBigqueryEmulator();
  const child = spawn(
    python,
    ['-m', 'bqemulator', 'start', '--rest-port', '0', '--grpc-port', '0', '--project', PROJECT],
    {
      cwd: folder,
      env: { HOME: home, PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const stop = (): Promise<void> => end(child);
  try {
    const port = await listeningPort(child);
    const endpoint = `http://127.0.0.1:${port}`;
    const api = callApi(`${endpoint}/bigquery/v2/projects/${PROJECT}`);
    return {
      endpoint,
      project: PROJECT,
      query: async (sql) => {
        const job = await api('POST', '/queries', { query: sql, useLegacySql: false, maxResults: 1_000_000 });
        const [failed] = (job['errors'] ?? []) as { message: string }[];
        if (failed) throw new Error(failed.message);
        const rows = (job['rows'] ?? []) as { f: { v: string | null }[] }[];
        return rows.map(({ f }) => f.map(({ v }) => v));
      },
      createTable: async (dataset, table, fields) => {
        await api('POST', '/datasets', { datasetReference: { projectId: PROJECT, datasetId: dataset } }, [409]);
        const tableReference = { projectId: PROJECT, datasetId: dataset, tableId: table };
        const nullable = fields.map((field) => ({ mode: 'NULLABLE', ...field }));
        await api('POST', `/datasets/${dataset}/tables`, { tableReference, schema: { fields: nullable } });
      },
      insert: async (dataset, table, rows) => {
        const path = `/datasets/${dataset}/tables/${table}/insertAll`;
        const answer = await api('POST', path, { rows: rows.map((json) => ({ json })) });
        const errors = answer['insertErrors'] as unknown[] | undefined;
        if (errors && errors.length > 0) throw new Error(`insertAll: ${JSON.stringify(errors)}`);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function callApi(base: string) {
  return async (
    method: 'GET' | 'POST',
    path: string,
    body?: unknown,
    accepted: readonly number[] = [],
  ): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${base}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok && !accepted.includes(answer.status)) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  };
}

/** It tells the port that it took in a line of its log, before it answers on it. */
async function listeningPort(child: ChildProcess): Promise<number> {
  const said: string[] = [];
  child.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const started = new Promise<number>((resolve, reject) => {
    const told = (line: string): void => {
      said.push(`${line}\n`);
      const [, port] = /"port": (\d+), "event": "rest\.listen"/.exec(line) ?? [];
      if (port !== undefined) resolve(Number(port));
    };
    if (child.stdout) createInterface({ input: child.stdout }).on('line', told);
    if (child.stderr) createInterface({ input: child.stderr }).on('line', told);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`bqemulator ended with ${code}:\n${said.join('').slice(-2_000)}`)));
    setTimeout(() => reject(new Error(`bqemulator did not listen within ${READY_MS} ms`)), READY_MS).unref();
  });
  const port = await started;
  said.length = 0;
  for (let tries = 0; tries < 100; tries += 1) {
    const healthy = await fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (healthy) return port;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('bqemulator listens and does not answer');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const hard = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
  await ended;
  clearTimeout(hard);
}
