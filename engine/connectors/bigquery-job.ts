import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Connection } from '../contracts/config.ts';
import type { BigqueryClient } from './bigquery-client.ts';
import { BigqueryError } from './bigquery-error.ts';
import type { BigqueryParameter } from './bigquery-statement.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

const Field = z.object({
  name: z.string(),
  type: z.string(),
  mode: z.string().default('NULLABLE'),
  collation: z.string().optional(),
  timestampPrecision: z.coerce.string().optional(),
});
/** A column as BigQuery describes it. */
export type BigqueryField = z.output<typeof Field>;

const Fault = z.object({ reason: z.string().default(''), message: z.string().default('') });
const Job = z.object({
  jobReference: z.object({ location: z.string().optional() }).optional(),
  status: z.object({ errorResult: Fault.optional() }).optional(),
  statistics: z
    .object({
      query: z
        .object({
          statementType: z.string().optional(),
          schema: z.object({ fields: z.array(Field).default([]) }).optional(),
        })
        .optional(),
    })
    .optional(),
});
/** Rows are not looked at here: a cell is null or the text of its value. */
const Page = z.object({
  jobComplete: z.boolean().default(false),
  pageToken: z.string().optional(),
  totalRows: z.coerce.string().optional(),
  rows: z.array(z.custom<WireRow>()).default([]),
});

export interface WireRow {
  readonly f: readonly { readonly v: unknown }[];
}

export interface Statement {
  readonly sql: string;
  readonly parameters?: readonly BigqueryParameter[];
}

export interface DryRun {
  /** `SELECT` for what only reads. */
  readonly statementType: string;
  readonly fields: readonly BigqueryField[];
}

export interface BigqueryJobs {
  /** Analyses a statement without running it: no row is read, nothing is billed. */
  readonly dryRun: (statement: Statement, signal: AbortSignal) => Promise<DryRun>;
  /** Runs a statement and gives its rows page by page; the next page is asked for only when this one is done with. */
  readonly run: (statement: Statement, signal: AbortSignal) => AsyncGenerator<readonly WireRow[], void>;
  /** Stops every job that is still running. */
  readonly cancelAll: () => Promise<void>;
}

/** Rows of a page at most; BigQuery gives fewer when they are wide. */
const PAGE_ROWS = 10_000;
const LONGEST_POLL_MS = 10_000;
const POLL_PAUSE_MS = 100;
/** The server's own time limit comes first, because its answer says more. */
const GRACE_MS = 15_000;
const CANCEL_MS = 3_000;
const CANCEL_AGAIN_MS = 500;

/** Query jobs of one connection, each within its limits. */
export function bigqueryJobs(client: BigqueryClient, connection: BigqueryConnection): BigqueryJobs {
  const { project, limits } = connection;
  /** Each with its location. */
  const running = new Map<string, string | undefined>();
  const stopping = new Set<Promise<void>>();
  const pollMs = Math.min(LONGEST_POLL_MS, Math.floor(client.stallMs / 2));

  const insert = async (statement: Statement, options: { jobId?: string; dryRun: boolean; signal: AbortSignal }) =>
    Job.parse(
      await client.call({
        method: 'POST',
        path: [project, 'jobs'],
        signal: options.signal,
        body: {
          // Our own id, so that an insert whose answer was lost can be sent again, and stopped, without a second job.
          jobReference: { projectId: project, jobId: options.jobId, location: connection.location },
          configuration: {
            dryRun: options.dryRun,
            ...(options.dryRun ? {} : { jobTimeoutMs: String(limits.seconds * 1_000) }),
            query: {
              query: statement.sql,
              useLegacySql: false,
              // An answer kept from before is of another moment.
              useQueryCache: false,
              maximumBytesBilled: String(limits.bytes),
              ...parametersOf(statement.parameters ?? []),
            },
          },
        },
      }),
    );

  const cancel = async (jobId: string): Promise<void> => {
    const query = { location: running.get(jobId) };
    running.delete(jobId);
    const path = [project, 'jobs', jobId, 'cancel'];
    const signal = AbortSignal.timeout(CANCEL_MS);
    for (;;) {
      const error: unknown = await client.call({ method: 'POST', path, query, signal }).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      // Its insert may still be on its way. A job that cannot be stopped ends by its own time limit.
      if (!(error instanceof BigqueryError) || error.fault.status !== 404 || signal.aborted) return;
      await sleep(CANCEL_AGAIN_MS);
    }
  };
  const beginCancel = (jobId: string): void => {
    const cancelling = cancel(jobId).finally(() => stopping.delete(cancelling));
    stopping.add(cancelling);
  };

  return {
    dryRun: async (statement, signal) => {
      const job = await insert(statement, { dryRun: true, signal });
      refuseFailed(job.status?.errorResult);
      const query = job.statistics?.query;
      return { statementType: query?.statementType ?? '', fields: query?.schema?.fields ?? [] };
    },

    run: async function* (statement, signal) {
      const jobId = `tickmark_${randomUUID()}`;
      running.set(jobId, connection.location);
      const stop = (): void => beginCancel(jobId);
      signal.addEventListener('abort', stop, { once: true });
      try {
        const job = await insert(statement, { jobId, dryRun: false, signal }).catch((error: unknown) => {
          if (error instanceof BigqueryError && error.fault.status === 409) return undefined;
          throw error;
        });
        refuseFailed(job?.status?.errorResult);
        const location = job?.jobReference?.location ?? connection.location;
        if (running.has(jobId)) running.set(jobId, location);
        const deadline = AbortSignal.timeout(limits.seconds * 1_000 + GRACE_MS);
        let pageToken: string | undefined;
        let seen = 0;
        for (;;) {
          const page = Page.parse(
            await client.call({
              method: 'GET',
              path: [project, 'queries', jobId],
              query: {
                location,
                pageToken,
                maxResults: String(PAGE_ROWS),
                timeoutMs: String(pollMs),
                // Else a TIMESTAMP comes as seconds in a float.
                'formatOptions.useInt64Timestamp': 'true',
              },
              signal,
            }),
          );
          if (!page.jobComplete) {
            if (deadline.aborted) throw new BigqueryError({ status: null, reason: 'timeout', message: '' });
            await sleep(POLL_PAUSE_MS, undefined, { signal }).catch(() => undefined);
            continue;
          }
          running.delete(jobId);
          seen += page.rows.length;
          yield page.rows;
          pageToken = page.pageToken;
          if (pageToken === undefined || pageToken === '') {
            if (page.totalRows !== undefined && page.totalRows !== String(seen)) {
              throw Object.assign(new Error('pages are missing'), { code: 'PAGES_MISSING' });
            }
            return;
          }
        }
      } finally {
        signal.removeEventListener('abort', stop);
        if (running.has(jobId)) beginCancel(jobId);
      }
    },

    cancelAll: async () => {
      for (const jobId of running.keys()) beginCancel(jobId);
      await Promise.all(stopping);
    },
  };
}

function parametersOf(parameters: readonly BigqueryParameter[]): object {
  if (parameters.length === 0) return {};
  return {
    parameterMode: 'NAMED',
    queryParameters: parameters.map(({ name, type, value }) => ({
      name,
      parameterType: { type },
      // A value left out is null.
      parameterValue: value === null ? {} : { value },
    })),
  };
}

function refuseFailed(fault: z.output<typeof Fault> | undefined): void {
  if (fault) throw new BigqueryError({ status: null, ...fault });
}
