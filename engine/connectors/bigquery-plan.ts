import type { LandedColumn, PullWindow } from '../contracts/pull.ts';
import { encoderOf } from '../tuples/encode-value.ts';
import { EngineError } from '../errors.ts';
import { cursorKeys, isCursorType, subtractFromCursor } from './cursor-value.ts';
import type { BigqueryField, BigqueryJobs } from './bigquery-job.ts';
import { boundStatement } from './bigquery-statement.ts';
import type { BigqueryParameter, BigqueryPlan } from './bigquery-statement.ts';
import { asText, bigqueryColumn } from './bigquery-types.ts';
import type { BigqueryColumn } from './bigquery-types.ts';
import type { ReadRequest } from './connector.ts';
import { reconcileColumns } from './reconcile-columns.ts';
import type { ReconciledColumns } from './reconcile-columns.ts';

export interface PlannedRead {
  readonly plan: BigqueryPlan;
  readonly columns: readonly LandedColumn[];
  readonly reconciled: ReconciledColumns;
  readonly parameters: readonly BigqueryParameter[];
  /** The upper bound of the window; null without one, and when no row has a value. */
  readonly upper: string | null;
}

export interface PlanInput {
  readonly request: ReadRequest;
  readonly called: string;
  readonly fields: readonly BigqueryField[];
  readonly source: { readonly sql: string; readonly parameters: readonly BigqueryParameter[] };
  readonly jobs: BigqueryJobs;
  readonly signal: AbortSignal;
}

/** What is to be read of a table, its upper bound asked for first. */
export async function planRead(input: PlanInput): Promise<PlannedRead> {
  const { request, called, fields } = input;
  const { table } = request;
  const dropped = new Set(table.columns.filter(({ pii }) => pii === 'drop').map(({ name }) => name));
  const tagged = new Set(table.columns.filter(({ pii }) => pii !== undefined).map(({ name }) => name));
  const found = fields.map(
    (field) => bigqueryColumn(field) ?? (dropped.has(field.name) ? unread(field) : refuseType(input, field)),
  );
  const reconciled = reconcileColumns({ table, called, found, standing: request.standing });
  const byName = new Map(found.map((column) => [column.name, column]));
  const landed = reconciled.from.map((index, at) => {
    const column = index === null ? undefined : found[index];
    if (column === undefined) return null;
    return reconciled.columns[at]?.type === column.type ? column : asText(column);
  });
  const window = request.window === null ? null : await boundWindow(request.window, byName, input);
  return {
    columns: reconciled.columns,
    reconciled,
    upper: window?.upper ?? null,
    parameters: window?.parameters ?? [],
    plan: {
      source: input.source.sql,
      columns: landed,
      rejectWhenSet: reconciled.rejectWhenSet.map((name) => byName.get(name) as BigqueryColumn),
      // Of personal data nothing: it would be kept in clear.
      kept: found.filter(({ name }) => !tagged.has(name)),
      totals: table.control_totals.map((name) => totalOf(byName.get(name) as BigqueryColumn, input)),
      window: window && window.sql,
    },
  };
}

/** A column that is left out needs no form in the warehouse. */
function unread({ name }: BigqueryField): BigqueryColumn {
  return { name, standard: 'STRING', type: 'text', print: () => undefined, encode: () => undefined };
}

async function boundWindow(window: PullWindow, byName: ReadonlyMap<string, BigqueryColumn>, input: PlanInput) {
  const { request, called, fields } = input;
  const place = { file: request.table.declaredIn, line: request.table.line };
  const column = byName.get(window.column);
  if (column === undefined) {
    throw new EngineError('EXTRACT_COLUMN_MISSING', `${called} has no column ${window.column}`, { place });
  }
  const refuse = (why: string): never => {
    throw new EngineError('EXTRACT_CURSOR_REFUSED', `${called}: ${window.column} ${why}`, { place });
  };
  if (!isCursorType(column.type) || !BOUNDED.has(column.standard))
    refuse(`is ${column.standard}, which cannot be a cursor`);
  if ((fields.find(({ name }) => name === window.column)?.collation ?? '') !== '')
    refuse('has a collation, so its order is not that of its letters');
  const bounds = { from: window.from, to: window.to };
  for (const side of ['from', 'to'] as const) {
    const given = bounds[side];
    if (given === null) continue;
    const bound = normalBound(column, given);
    if (bound === undefined) refuse(`has a bound that is not a value of type ${column.type}`);
    else bounds[side] = bound;
  }
  const largest = bounds.to ?? (await largestValue(column, input));
  const upper =
    largest === null || bounds.to !== null || window.lag === null
      ? largest
      : subtractFromCursor(column.type, largest, window.lag);
  const parameters: BigqueryParameter[] = [
    ...(bounds.from === null ? [] : [{ name: 'from', type: column.standard, value: bounds.from }]),
    { name: 'to', type: column.standard, value: upper },
  ];
  const sql = {
    column,
    hasFrom: bounds.from !== null,
    // Without a bound that was asked for, the largest value belongs to the window.
    toIncluded: window.toIncluded || window.to === null,
    isIncremental: window.toIncluded,
  };
  return { upper, parameters, sql };
}

/** A bound as Postgres prints it; a day alone stands for its first moment. Undefined when it is not a value of the column. */
function normalBound({ type, standard }: BigqueryColumn, bound: string): string | undefined {
  if (!isTime(standard)) return encoderOf(type)(bound) && bound;
  const key = cursorKeys(type)(bound);
  return key?.beyond === 0 ? subtractFromCursor(type, bound, '0 seconds') : undefined;
}

function isTime(standard: string): boolean {
  return standard === 'DATE' || standard === 'DATETIME' || standard === 'TIMESTAMP';
}

const BOUNDED = new Set(['INT64', 'NUMERIC', 'BIGNUMERIC', 'DATE', 'DATETIME', 'TIMESTAMP', 'STRING']);

async function largestValue(column: BigqueryColumn, { source, jobs, signal }: PlanInput): Promise<string | null> {
  const statement = { sql: boundStatement(source.sql, column), parameters: source.parameters };
  let largest: string | null = null;
  for await (const page of jobs.run(statement, signal)) {
    const wire = page[0]?.f[0]?.v;
    if (typeof wire === 'string') largest = column.print(wire) ?? null;
  }
  return largest;
}

/** Sums of floats depend on the order of the rows; of texts there are none. */
function totalOf(column: BigqueryColumn, { request, called }: PlanInput): BigqueryColumn {
  if (['INT64', 'NUMERIC', 'BIGNUMERIC'].includes(column.standard)) return column;
  throw new EngineError(
    'EXTRACT_NOT_A_NUMBER',
    `${called}: ${column.name} is ${column.standard}, which has no exact sum`,
    {
      place: { file: request.table.declaredIn, line: request.table.line },
    },
  );
}

function refuseType({ request, called }: PlanInput, field: BigqueryField): never {
  const precision = field.timestampPrecision === undefined ? '' : ` with ${field.timestampPrecision} decimals`;
  throw new EngineError(
    'EXTRACT_TYPE_REFUSED',
    `${called}: column ${field.name} is ${field.type}${precision}, which has no exact form in the warehouse`,
    { place: { file: request.table.declaredIn, line: request.table.line } },
  );
}
