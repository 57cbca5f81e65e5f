import type { SourceFreshness } from '../contracts/source.ts';
import { EngineError } from '../errors.ts';
import type { Session, Warehouse } from '../warehouse/warehouse.ts';

/** One table of a source whose age is to be judged; its parts are SQL, rendered. */
export interface FreshnessInput {
  readonly source: string;
  readonly table: string;
  /** Quoted. */
  readonly relation: string;
  /** How the time of its newest row is known. `pull`: by the last pull that tied out. Null: nobody says. */
  readonly loadedAt: { readonly field: string } | { readonly query: string } | 'pull' | null;
  readonly filter: string | null;
  readonly freshness: Pick<SourceFreshness, 'warn_after' | 'error_after'>;
}

/** dbt's words, and `no_data`: no row has a time, or the table was never pulled. That is no pass. */
export type FreshnessStatus = 'pass' | 'warn' | 'error' | 'runtime error' | 'no_data';

export interface FreshnessResult {
  readonly source: string;
  readonly table: string;
  readonly status: FreshnessStatus;
  /** ISO 8601, UTC, with microseconds. */
  readonly maxLoadedAt: string | null;
  /** The moment by which it was judged. */
  readonly snapshottedAt: string | null;
  readonly ageSeconds: string | null;
  readonly message: string | null;
  readonly durationMs: number;
}

/**
 * Says how old the newest row of a table is, by the warehouse's clock or by `clock`, and whether that is too old. What is wrong
 * with one table is its `runtime error` and stops no other. Changes nothing.
 */
export async function sourceFreshness(
  input: FreshnessInput,
  clock: string | null,
  warehouse: Warehouse,
): Promise<FreshnessResult> {
  const started = performance.now();
  const { source, table, loadedAt } = input;
  const result = (status: FreshnessStatus, found: Partial<FreshnessResult>): FreshnessResult => ({
    source,
    table,
    status,
    maxLoadedAt: null,
    snapshottedAt: null,
    ageSeconds: null,
    message: null,
    ...found,
    durationMs: Math.round(performance.now() - started),
  });
  if (loadedAt === null) {
    return result('runtime error', {
      message: 'neither loaded_at_field nor loaded_at_query says when its rows were loaded',
    });
  }
  try {
    const age = await warehouse.transaction((session) => readAge(input, loadedAt, clock, session), { readOnly: true });
    if (age.maxLoadedAt === null) {
      const message = loadedAt === 'pull' ? 'it was never pulled' : 'no row has a load time';
      return result('no_data', { ...age, message });
    }
    return result(age.isError ? 'error' : age.isWarning ? 'warn' : 'pass', {
      maxLoadedAt: age.maxLoadedAt,
      snapshottedAt: age.snapshottedAt,
      ageSeconds: age.ageSeconds,
    });
  } catch (error) {
    if (!(error instanceof EngineError) || error.retryable) throw error;
    return result('runtime error', { message: error.database?.reason ?? error.message });
  }
}

interface Age {
  readonly maxLoadedAt: string | null;
  readonly snapshottedAt: string | null;
  readonly ageSeconds: string | null;
  readonly isError: boolean;
  readonly isWarning: boolean;
}

async function readAge(
  input: FreshnessInput,
  loadedAt: NonNullable<FreshnessInput['loadedAt']>,
  clock: string | null,
  session: Session,
): Promise<Age> {
  const { warn_after: warn, error_after: error } = input.freshness;
  const byPull = loadedAt === 'pull';
  const iso = (moment: string): string => `to_char(${moment} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
  const [row] = await session.query(
    `with newest as (\n${newestRow(input, loadedAt)}\n),
     age as (select newest.at, clock.at as seen, clock.at - newest.at as age from newest, (select coalesce($1::timestamptz, now()) as at) as clock)
     select ${iso('at')} as max_loaded_at, ${iso('seen')} as snapshotted_at, extract(epoch from age)::text as age_seconds,
       (age > make_interval(secs => $2))::text as is_error, (age > make_interval(secs => $3))::text as is_warning
     from age`,
    [clock, secondsOf(error), secondsOf(warn), ...(byPull ? [input.source, input.table] : [])],
  );
  return {
    maxLoadedAt: row?.['max_loaded_at'] ?? null,
    snapshottedAt: row?.['snapshotted_at'] ?? null,
    ageSeconds: row?.['age_seconds'] ?? null,
    isError: row?.['is_error'] === 'true',
    isWarning: row?.['is_warning'] === 'true',
  };
}

/** A time without a zone is UTC, as everywhere. */
function newestRow({ relation, filter }: FreshnessInput, loadedAt: NonNullable<FreshnessInput['loadedAt']>): string {
  if (loadedAt === 'pull') {
    return 'select max(verified_at) as at from audit.tie_outs where source = $4 and table_name = $5 and tied';
  }
  // The line ends keep a trailing comment from swallowing the bracket.
  if ('query' in loadedAt) return `select (\n${loadedAt.query.trim().replace(/;$/, '')}\n)::timestamptz as at`;
  const where = filter === null ? '' : ` where (\n${filter}\n)`;
  return `select max(\n${loadedAt.field}\n)::timestamptz as at from ${relation}${where}`;
}

const SECONDS = { minute: 60, hour: 3_600, day: 86_400 } as const;

function secondsOf(threshold: SourceFreshness['warn_after']): string | null {
  return threshold === undefined ? null : String(threshold.count * SECONDS[threshold.period]);
}
