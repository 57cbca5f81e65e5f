import type { WireRow } from './mysql-dial.ts';
import type { MysqlSession } from './mysql-session.ts';

/** The moment that everything is read at, and who answered. */
export interface MysqlSnapshot {
  readonly id: string;
  readonly system: Readonly<Record<string, string>>;
}

/** Pins what decides how values are printed and what a statement may do, and begins the one transaction of the session. */
export async function takeMysqlSnapshot(session: MysqlSession, seconds: number): Promise<MysqlSnapshot> {
  const [[version, host, port, server] = []] = texts(
    await session.ask('select version(), @@hostname, @@port, @@server_id'),
  );
  const isMariaDb = /mariadb/i.test(version ?? '');
  await session.ask('set names utf8mb4');
  await session.ask(`set session ${[...COMMON, ...limitsOf(isMariaDb, seconds)].join(', ')}`);
  await session.ask('set session transaction isolation level repeatable read, read only');
  await session.ask('start transaction with consistent snapshot, read only');
  const [[time, database, role] = []] = texts(await session.ask('select utc_timestamp(6), database(), current_user()'));
  const position = isMariaDb ? await binlogPosition(session) : await gtidExecuted(session);
  const serverId = isMariaDb ? `${host}:${port}/${server}` : await serverUuid(session, `${host}:${port}/${server}`);
  return {
    id: [serverId, time, ...(position === null ? [] : [position])].join(' '),
    system: {
      type: 'mysql',
      product: isMariaDb ? 'MariaDB' : 'MySQL',
      version: version ?? '',
      server: serverId,
      database: database ?? '',
      role: role ?? '',
    },
  };
}

/**
 * A server's defaults cut silently: sql_select_limit the rows of any result, group_concat_max_len its texts. NO_ZERO_DATE is left
 * out, because it turns a zero date into null in a cast; without it the date arrives and is refused by name.
 */
const COMMON = [
  "time_zone = '+00:00'",
  "sql_mode = 'STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  'sql_select_limit = 18446744073709551615',
  'sql_big_selects = 1',
  'sql_auto_is_null = 0',
  'group_concat_max_len = 4294967295',
  'max_error_count = 1024',
  "lc_time_names = 'en_US'",
  'div_precision_increment = 4',
  'default_week_format = 0',
  'lock_wait_timeout = 60',
  'net_write_timeout = 600',
  'wait_timeout = 300',
];

/** Of one statement; and of a transaction that nobody goes on with, because its worker froze. */
function limitsOf(isMariaDb: boolean, seconds: number): readonly string[] {
  return isMariaDb
    ? [`max_statement_time = ${Math.min(seconds, 31_536_000)}`, 'idle_transaction_timeout = 300']
    : [`max_execution_time = ${Math.min(seconds, 4_294_967) * 1_000}`];
}

/** MariaDB tells the place in its log that the snapshot was taken at. */
async function binlogPosition(session: MysqlSession): Promise<string | null> {
  const status = new Map(
    texts(await session.ask("show status like 'binlog_snapshot%'")).map(([name, value]) => [
      name?.toLowerCase(),
      value,
    ]),
  );
  const file = status.get('binlog_snapshot_file') ?? '';
  return file === '' ? null : `${file}:${status.get('binlog_snapshot_position')}`;
}

/** Read after the snapshot was taken, so that it may name transactions that are later than it by some milliseconds. */
async function gtidExecuted(session: MysqlSession): Promise<string | null> {
  const [[gtids] = []] = texts(await session.ask('select @@global.gtid_executed'));
  return gtids ? gtids.replaceAll(/\s/g, '') : null;
}

async function serverUuid(session: MysqlSession, otherwise: string): Promise<string> {
  const [[uuid] = []] = texts(await session.ask('select @@server_uuid'));
  return uuid ?? otherwise;
}

function texts(rows: readonly WireRow[]): readonly (readonly (string | null)[])[] {
  return rows.map((row) => row.map((field) => field?.toString() ?? null));
}
