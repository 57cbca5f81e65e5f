import { EngineError } from '../errors.ts';
import { identifier, literal } from '../sql-text.ts';
import { readTuples } from '../tuples/read-tuples.ts';
import type { ReadRequest, SourceFigures, TableRead } from './connector.ts';
import { subtractFromCursor } from './cursor-value.ts';
import { findSubject, placeOf, refusedQuery } from './postgres-columns.ts';
import type { PostgresSubject } from './postgres-columns.ts';
import { readFigures, totalSql } from './postgres-figures.ts';
import type { PostgresSession } from './postgres-session.ts';
import type { PostgresSnapshot } from './postgres-snapshot.ts';
import { largestValueSql, windowSql } from './postgres-window.ts';
import type { WindowSql } from './postgres-window.ts';
import { reconcileColumns } from './reconcile-columns.ts';
import type { ReconciledColumns } from './reconcile-columns.ts';

/** Everything about one table's read that is known before its first row. */
interface ReadPlan {
  readonly subject: PostgresSubject;
  readonly reconciled: ReconciledColumns;
  readonly window: WindowSql | null;
  readonly upper: string | null;
  readonly lands: string | null;
  /** The statement that gives the rows. */
  readonly copy: string;
}

/** Reads a table of the snapshot: rows in one session and, at the same time where it can be, figures in another. */
export async function readTable(
  request: ReadRequest,
  snapshot: PostgresSnapshot,
  connection: string,
): Promise<TableRead> {
  const { table, signal } = request;
  const plan = await use(snapshot, signal, (session) => planRead(request, session, connection));
  const { subject, reconciled, window, upper } = plan;
  const totals = table.control_totals.map((column) =>
    totalSql(table, subject.called, column, subject.columns.find(({ name }) => name === column)?.type ?? ''),
  );
  const withWhole = request.window?.toIncluded ?? false;
  const count = (session: PostgresSession): Promise<Omit<SourceFigures, 'drift'>> =>
    readFigures(
      { table, called: subject.called, from: subject.from, totals, lands: plan.lands, window, withWhole, upper },
      session,
    ).catch((error: unknown) => {
      throw refusedQuery(error, table);
    });
  let counting: Promise<Omit<SourceFigures, 'drift'>> | undefined;
  let failure: { readonly error: unknown } | undefined;
  const figures = (): Promise<Omit<SourceFigures, 'drift'>> => {
    counting ??= use(snapshot, signal, count);
    counting.catch((error: unknown) => (failure ??= { error }));
    return counting;
  };

  return {
    system: {
      ...snapshot.system,
      ...(subject.hidesRows ? { row_security: 'on: only rows that this role may see' } : {}),
    },
    snapshotId: snapshot.id,
    query: plan.copy,
    bindings: request.window ? { from: request.window.from, to: upper } : {},
    columns: reconciled.columns,
    rows: (async function* () {
      const loan = await snapshot.take(signal);
      let state: 'sound' | 'failed' = 'failed';
      try {
        void figures();
        for await (const batch of loan.session.copy(plan.copy)) {
          // A total that cannot be is known long before the last row.
          if (failure) throw failure.error;
          yield batch;
        }
        await keepAside(request, plan, loan.session);
        state = 'sound';
      } catch (error) {
        throw refusedQuery(error, table);
      } finally {
        loan.giveBack(state);
      }
    })(),
    figures: async () => {
      const { added, missing, discarded } = reconciled;
      return { ...(await figures()), drift: { added, missing, discarded } };
    },
  };
}

async function use<T>(
  snapshot: PostgresSnapshot,
  signal: AbortSignal,
  work: (session: PostgresSession) => Promise<T>,
): Promise<T> {
  const { session, giveBack } = await snapshot.take(signal);
  try {
    const result = await work(session);
    giveBack('sound');
    return result;
  } catch (error) {
    giveBack('failed');
    throw error;
  }
}

async function planRead(request: ReadRequest, session: PostgresSession, connection: string): Promise<ReadPlan> {
  const { table, standing } = request;
  const subject = await findSubject(table, session, connection);
  const { called, columns: found } = subject;
  const reconciled = reconcileColumns({ table, called, found, standing });
  const { window, upper } = await planWindow(request, subject, session);
  const { rejectWhenSet } = reconciled;
  const lands = rejectWhenSet.length > 0 ? rejectWhenSet.map((name) => `not ${isSet(name)}`).join(' and ') : null;
  const values = reconciled.columns.map(({ type }, at) => {
    const index = reconciled.from[at];
    const column = typeof index === 'number' ? found[index] : undefined;
    if (!column) return `null::${type}`;
    // Masked further on, as a text.
    return column.type === type ? column.value : `${column.value}::${type}`;
  });
  const conditions = [window?.within, lands].filter((condition) => typeof condition === 'string');
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  const names = reconciled.columns.map(({ name }) => identifier(name));
  const byName = subject.isPlain && where === '' && values.every((value, at) => value === names[at]);
  const rows = byName
    ? `${subject.from} (${names.join(', ')})`
    : `(select ${values.join(', ')} from ${subject.from}${where})`;
  return {
    subject,
    reconciled,
    window,
    upper,
    lands,
    copy: `copy ${rows} to stdout (format binary)`,
  };
}

/** Fixes the upper bound before a row is read. Without one that was asked for, the largest value belongs to the window. */
async function planWindow(
  { table, window }: ReadRequest,
  subject: PostgresSubject,
  session: PostgresSession,
): Promise<{ readonly window: WindowSql | null; readonly upper: string | null }> {
  if (!window) return { window: null, upper: null };
  const { column, from, to, lag } = window;
  const type = subject.columns.find(({ name }) => name === column)?.type;
  if (type === undefined) {
    throw new EngineError('EXTRACT_COLUMN_MISSING', `${subject.called} has no column ${column}`, {
      place: placeOf(table),
    });
  }
  const { serverVersion } = session;
  let upper = to;
  if (upper === null) {
    const [row] = await session.query(largestValueSql(column, type, subject.from, serverVersion));
    const largest = row?.['largest'] ?? null;
    upper = largest !== null && lag !== null ? subtractFromCursor(type, largest, lag) : largest;
  }
  const upperIncluded = window.toIncluded || to === null;
  const withUnplaced = window.toIncluded;
  return { window: windowSql({ column, type, from, upper, upperIncluded, withUnplaced, serverVersion }), upper };
}

/** `is not null` would take a composite value of nulls for null. */
function isSet(column: string): string {
  return `(${identifier(column)} is distinct from null)`;
}

/** A row that is kept aside stays in memory whole. */
const MAX_REJECTED_BYTES = 16 * 1024 * 1024;

/** Rows with a value in a column that the policy leaves out, as JSON by the server's own hand; of personal data nothing. */
async function keepAside(request: ReadRequest, plan: ReadPlan, session: PostgresSession): Promise<void> {
  const { table, reject } = request;
  const { subject, reconciled, window } = plan;
  if (plan.lands === null) return;
  const tagged = new Set(table.columns.filter(({ pii }) => pii !== undefined).map(({ name }) => name));
  const kept = subject.columns.map(({ name }) => name).filter((name) => !tagged.has(name));
  const names = reconciled.rejectWhenSet.map((name) => `case when ${isSet(name)} then ${literal(name)} end`);
  const condition = [...(window ? [window.within] : []), `not (${plan.lands})`].join(' and ');
  const sql = `select set_columns, case when octet_length(json) <= ${MAX_REJECTED_BYTES} then json end
    from (select array_to_string(array[${names.join(', ')}], ', ') as set_columns,
                 (select row_to_json(r)::text from (select ${kept.map((name) => `s.${identifier(name)}`).join(', ')}) as r) as json
          from (select * from ${subject.from} where ${condition}) as s) as kept`;
  let row = 0;
  for await (const rows of readTuples(session.copy(`copy (${sql}) to stdout (format binary)`))) {
    for (const [columns, json] of rows) {
      row += 1;
      const at = `${subject.called}, row ${row} of those kept aside`;
      if (!json) throw new EngineError('EXTRACT_CEILING', `${at} is larger than ${MAX_REJECTED_BYTES} bytes`);
      await reject({ at, reason: `a value in the new column ${columns?.toString() ?? ''}`, row: json.toString() });
    }
  }
}
