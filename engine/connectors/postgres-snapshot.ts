import { EngineError } from '../errors.ts';
import { literal } from '../sql-text.ts';
import { postgresPool } from './postgres-pool.ts';
import type { PostgresPool } from './postgres-pool.ts';
import { openSession } from './postgres-session.ts';
import type { PostgresSession, SessionOptions } from './postgres-session.ts';

/** One moment of a source, held open, and the sessions that read it. */
export interface PostgresSnapshot {
  readonly id: string;
  /** Which database answered, as which role, and how the moment is read. */
  readonly system: Readonly<Record<string, string>>;
  readonly serverVersion: number;
  readonly parallel: number;
  readonly take: PostgresPool['take'];
  readonly lost: Promise<never>;
  readonly close: () => Promise<void>;
}

export interface SnapshotOptions extends SessionOptions {
  /** Tables read at the same time: each by one session for its rows and one for its figures. */
  readonly parallel: number;
}

/** Often enough for the 30 s after which the server ends a transaction that idles. */
const KEEP_ALIVE_MS = 5_000;
const BEGIN = 'begin isolation level repeatable read read only';

/**
 * Holds a REPEATABLE READ snapshot in a session that does nothing else, and lets others import it. Where that cannot be (the
 * right to export was taken away, a pooler or a balancer stands between) one session reads all.
 */
export async function openSnapshot(options: SnapshotOptions): Promise<PostgresSnapshot> {
  const sessions = new Set<PostgresSession>();
  const open = async (isWorking?: SessionOptions['isWorking']): Promise<PostgresSession> => {
    const session = await openSession(isWorking ? { ...options, isWorking } : options);
    sessions.add(session);
    void session.ended.then(() => sessions.delete(session));
    return session;
  };
  const closeAll = async (): Promise<void> => {
    await Promise.all([...sessions].map((session) => session.close()));
  };
  try {
    return await hold(options, open, closeAll);
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function hold(
  options: SnapshotOptions,
  open: (isWorking?: SessionOptions['isWorking']) => Promise<PostgresSession>,
  closeAll: () => Promise<void>,
): Promise<PostgresSnapshot> {
  const { name, parallel } = options;
  /** Whom to ask whether the holder is at work: only when the holder itself reads. */
  let watcher: PostgresSession | undefined;
  const holder = await open(async (pid) => watcher && isWorking(watcher, pid));
  const described = await describeSystem(holder);
  const sharing = await share(holder, (snapshot) => openReader(snapshot, holder, open));
  const [moment] = await holder.query('select txid_current_snapshot()::text as snapshot');
  if ('refusal' in sharing) watcher = await open().catch(() => undefined);

  const lostMoment = (why: string): EngineError =>
    new EngineError('EXTRACT_SNAPSHOT_LOST', `connection ${name}: the moment that was read is lost: ${why}`);
  const pool =
    'refusal' in sharing
      ? postgresPool({
          name,
          sessions: [holder],
          limit: 1,
          open: () => Promise.reject(lostMoment('a statement in it failed')),
        })
      : postgresPool({
          name,
          sessions: [sharing.reader],
          limit: 2 * parallel,
          open: () =>
            openReader(sharing.snapshot, holder, open).catch((error: unknown) => {
              throw isInvalidSnapshot(error) ? lostMoment('its session ended') : error;
            }),
        });

  const beat = setInterval(() => {
    // A session that is lent is its reader's to look after.
    for (const session of new Set([...('refusal' in sharing ? [] : [holder]), ...pool.idle()])) {
      session.query('select 1').catch(() => undefined);
    }
  }, KEEP_ALIVE_MS);
  beat.unref();
  let closing = false;
  const lost = holder.ended.then((why) => {
    clearInterval(beat);
    if (closing || why.code === 'EXTRACT_CANCELLED') return new Promise<never>(() => undefined);
    throw lostMoment(why.database?.reason ?? 'its session ended');
  });
  lost.catch(() => undefined);
  return {
    id: moment?.['snapshot'] ?? '',
    system: {
      ...described,
      snapshot: 'refusal' in sharing ? `read in one session (${sharing.refusal})` : 'imported by each session',
    },
    serverVersion: holder.serverVersion,
    parallel: 'refusal' in sharing ? 1 : parallel,
    take: pool.take,
    lost,
    close: async () => {
      closing = true;
      clearInterval(beat);
      await closeAll();
    },
  };
}

async function describeSystem(session: PostgresSession): Promise<Readonly<Record<string, string>>> {
  const [row] = await session.query(
    `select current_database()::text as database, current_user::text as role, current_setting('server_version') as version,
            case when pg_is_in_recovery() then 'standby' else 'primary' end as server`,
  );
  // The cluster's own number; some services keep it to themselves.
  const [control] = await session
    .query('select system_identifier::text as identifier from pg_control_system()')
    .catch(() => []);
  const { database, role, version, server } = row ?? {};
  return {
    type: 'postgres',
    database: database ?? '',
    role: role ?? '',
    version: version ?? '',
    server: server ?? '',
    ...(control?.['identifier'] ? { cluster: control['identifier'] } : {}),
  };
}

type Sharing = { readonly snapshot: string; readonly reader: PostgresSession } | { readonly refusal: string };

/** Begins the holder's transaction and opens a first reader at once, to see whether the server lets the moment be shared. */
async function share(
  holder: PostgresSession,
  openFirst: (snapshot: string) => Promise<PostgresSession>,
): Promise<Sharing> {
  await holder.query(BEGIN);
  try {
    const [exported] = await holder.query('select pg_export_snapshot() as name');
    const snapshot = exported?.['name'] ?? '';
    return { snapshot, reader: await openFirst(snapshot) };
  } catch (error) {
    const sqlState = error instanceof EngineError ? error.database?.sqlState : undefined;
    // Five characters are the server's word; a connection that broke has another code.
    if (sqlState?.length !== 5 || !holder.isOpen()) throw error;
    await holder.query(`rollback; ${BEGIN}`);
    return { refusal: `the server does not let it be shared: SQLSTATE ${sqlState}` };
  }
}

async function openReader(
  snapshot: string,
  holder: PostgresSession,
  open: (isWorking: SessionOptions['isWorking']) => Promise<PostgresSession>,
): Promise<PostgresSession> {
  const reader = await open((pid) => isWorking(holder, pid));
  try {
    await reader.query(`${BEGIN}; set transaction snapshot ${literal(snapshot)}`);
    return reader;
  } catch (error) {
    await reader.close();
    throw error;
  }
}

/** What `set transaction snapshot` says of one whose transaction is over. */
function isInvalidSnapshot(error: unknown): boolean {
  return error instanceof EngineError && error.database?.sqlState === '22023';
}

/** Whether the server is at work for a session, and not waiting for it to read what it has sent long ago. */
async function isWorking(asked: PostgresSession, pid: string): Promise<boolean> {
  // Within a transaction the statistics would stay as they were first read.
  await asked.query('select pg_stat_clear_snapshot()');
  const [row] = await asked.query('select state, wait_event from pg_stat_activity where pid = $1', [pid]);
  return row !== undefined && row['state'] !== 'idle in transaction' && row['wait_event'] !== 'ClientWrite';
}
