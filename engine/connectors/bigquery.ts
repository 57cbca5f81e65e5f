import { z } from 'zod';
import type { Connection } from '../contracts/config.ts';
import type { DeclaredSource } from '../contracts/project.ts';
import { EngineError } from '../errors.ts';
import type { Place } from '../errors.ts';
import { isEmulator } from './bigquery-auth.ts';
import { bigqueryClient, cancelled } from './bigquery-client.ts';
import type { BigqueryClient } from './bigquery-client.ts';
import { translateBigqueryError } from './bigquery-error.ts';
import { bigqueryJobs } from './bigquery-job.ts';
import type { BigqueryField, BigqueryJobs, Statement } from './bigquery-job.ts';
import { planRead } from './bigquery-plan.ts';
import { readRows } from './bigquery-rows.ts';
import { holdsSemicolon, probeStatement, readStatement, tableSelect } from './bigquery-statement.ts';
import type { BigqueryParameter } from './bigquery-statement.ts';
import { printInstant } from './bigquery-types.ts';
import type { Connector, ConnectorContext, ReadRequest, TableRead } from './connector.ts';

type BigqueryConnection = Extract<Connection, { type: 'bigquery' }>;

/** How many tables are read at once; BigQuery itself queues at a hundred. */
const PARALLEL = 4;

/**
 * Reads BigQuery by query jobs: tables as of one instant of the server's clock, views and queries as of their own statement.
 * The API knows no read-only session. What is sent is always one SELECT, analysed as such before it runs; that nothing can be
 * written is for the role to say: it needs BigQuery Data Viewer on the data and BigQuery Job User on the project, no more.
 */
export const bigquery = {
  open: async (connection, context) => {
    if (connection.endpoint !== undefined && !URL.canParse(connection.endpoint)) {
      throw new EngineError('CONFIG_INVALID', `endpoint of connection ${context.name} is not a URL`);
    }
    const client = bigqueryClient(connection, context.name);
    const jobs = bigqueryJobs(client, connection);
    const closing = new AbortController();
    const signal = AbortSignal.any([context.signal, closing.signal]);
    try {
      const moment = await now(jobs, signal);
      const opened: Opened = { client, jobs, connection, context, signal, ...moment };
      return {
        parallel: PARALLEL,
        read: (request) => readTable(request, opened),
        // An instant stays readable for two days at least, and a table that was made anew since says so when it is read.
        lost: new Promise<never>(() => undefined),
        close: async () => {
          closing.abort();
          await jobs.cancelAll();
          await client.destroy();
        },
      };
    } catch (error) {
      // What asks for the time needs nobody to stop it.
      await client.destroy();
      throw translate(error, context);
    }
  },
} satisfies Connector<BigqueryConnection>;

interface Opened {
  readonly client: BigqueryClient;
  readonly jobs: BigqueryJobs;
  readonly connection: BigqueryConnection;
  readonly context: ConnectorContext;
  readonly signal: AbortSignal;
  readonly instant: string;
  readonly role: string;
}

async function now(
  jobs: BigqueryJobs,
  signal: AbortSignal,
): Promise<{ readonly instant: string; readonly role: string }> {
  const statement = { sql: 'select current_timestamp() as instant, session_user() as role' };
  for await (const [row] of jobs.run(statement, signal)) {
    const [instant, role] = (row?.f ?? []).map(({ v }) => v);
    if (typeof instant !== 'string' || !/^\d{15,17}$/.test(instant)) break;
    return { instant: printInstant(BigInt(instant)), role: typeof role === 'string' ? role : '' };
  }
  throw new EngineError('SOURCE_UNREACHABLE', 'BigQuery did not tell its time');
}

async function readTable(request: ReadRequest, opened: Opened): Promise<TableRead> {
  const { table } = request;
  const { context, connection, jobs } = opened;
  const place = { file: table.declaredIn, line: table.line };
  const signal = AbortSignal.any([request.signal, opened.signal]);
  const called = table.query === undefined ? `${table.schema ?? '?'}.${table.identifier ?? table.name}` : table.name;
  const what = `connection ${context.name}: ${called}`;
  const guard = <T>(work: Promise<T>): Promise<T> =>
    work.catch((error: unknown) => {
      throw signal.aborted ? cancelled(context.name) : translateBigqueryError(error, what, { place });
    });

  const source = await guard(
    table.query === undefined ? tableSource(request, opened, signal) : querySource(table, opened, signal, what),
  );
  const statement = { sql: probeStatement(source.sql), parameters: source.parameters };
  const fields = await analyse(statement, { jobs, signal, what, place, isQuery: table.query !== undefined });
  const plan = await guard(planRead({ request, called, fields, source, jobs, signal }));
  const sql = readStatement(plan.plan);
  const parameters = [...source.parameters, ...plan.parameters];
  const read = readRows({
    pages: () => jobs.run({ sql, parameters }, signal),
    plan,
    request,
    called,
    limits: connection.limits,
    translate: (error) => (signal.aborted ? cancelled(context.name) : translateBigqueryError(error, what, { place })),
  });
  return {
    system: {
      type: 'bigquery',
      project: connection.project,
      role: opened.role,
      instant: source.isAsOf ? opened.instant : `the statement's own, after ${opened.instant}`,
      ...(isEmulator(connection) ? { emulator: new URL(connection.endpoint ?? '').host } : {}),
    },
    snapshotId: source.isAsOf ? opened.instant : `after ${opened.instant}`,
    query: sql,
    bindings: Object.fromEntries(parameters.map(({ name, value }) => [name, value])),
    columns: plan.columns,
    rows: read.rows,
    figures: read.figures,
  };
}

export interface BigquerySource {
  readonly sql: string;
  readonly parameters: readonly BigqueryParameter[];
  /** Whether all of it is read as of the source's one instant. */
  readonly isAsOf: boolean;
}

const TableResource = z.object({ type: z.string().default('TABLE'), creationTime: z.coerce.string().optional() });

async function tableSource({ table }: ReadRequest, opened: Opened, signal: AbortSignal): Promise<BigquerySource> {
  const place = { file: table.declaredIn, line: table.line };
  if (table.schema === undefined) {
    throw new EngineError('EXTRACT_SOURCE_MISSING', `${table.name}: name its dataset under schema`, { place });
  }
  // `project.dataset` reads another project's data, in jobs of ours.
  const dot = table.schema.lastIndexOf('.');
  const project = dot < 0 ? opened.connection.project : table.schema.slice(0, dot);
  const path = [project, table.schema.slice(dot + 1), table.identifier ?? table.name];
  const [, dataset = '', name = ''] = path;
  const answer = await opened.client.call({
    method: 'GET',
    path: [project, 'datasets', dataset, 'tables', name],
    query: { fields: 'type,creationTime' },
    signal,
  });
  const { type, creationTime } = TableResource.parse(answer);
  // Of a view the clause is refused or does nothing, and external data has no history.
  const isAsOf = type === 'TABLE';
  const opensAt = new Date(opened.instant.replace(' ', 'T').replace(/\+00$/, 'Z')).getTime();
  if (isAsOf && Number(creationTime ?? 0) > opensAt) {
    throw new EngineError('EXTRACT_SNAPSHOT_LOST', `${table.schema}.${name} was made anew while its source was read`, {
      place,
    });
  }
  return { sql: tableSelect(path, isAsOf ? opened.instant : null), parameters: [], isAsOf };
}

/** The author's SELECT, which may read tables `for system_time as of @instant` to be of the moment that the others are of. */
async function querySource(
  table: DeclaredSource,
  opened: Opened,
  signal: AbortSignal,
  what: string,
): Promise<BigquerySource> {
  const sql = table.query ?? '';
  const parameters = [{ name: 'instant', type: 'TIMESTAMP', value: opened.instant }];
  const place = { file: table.declaredIn, line: table.line };
  if (holdsSemicolon(sql)) {
    throw new EngineError('EXTRACT_QUERY_REFUSED', `${what}: a query is one statement, without a semicolon`, { place });
  }
  // As it stands, before it is put in brackets: what ends the brackets must not make two statements of one.
  await analyse({ sql, parameters }, { jobs: opened.jobs, signal, what, place, isQuery: true });
  return { sql, parameters, isAsOf: false };
}

/** What the statement would give; refused unless it is one SELECT. */
async function analyse(
  statement: Statement,
  options: { jobs: BigqueryJobs; signal: AbortSignal; what: string; place: Place; isQuery: boolean },
): Promise<readonly BigqueryField[]> {
  const { jobs, signal, what, place, isQuery } = options;
  const failed = isQuery ? 'EXTRACT_QUERY_REFUSED' : 'EXTRACT_FAILED';
  const run = await jobs.dryRun(statement, signal).catch((error: unknown) => {
    throw translateBigqueryError(error, what, { place, failed });
  });
  if (run.statementType !== 'SELECT') {
    throw new EngineError(
      'EXTRACT_QUERY_REFUSED',
      `${what}: it is ${run.statementType || 'no statement'}, not SELECT`,
      { place },
    );
  }
  return run.fields;
}

function translate(error: unknown, context: ConnectorContext): EngineError {
  return context.signal.aborted ? cancelled(context.name) : translateBigqueryError(error, `connection ${context.name}`);
}
