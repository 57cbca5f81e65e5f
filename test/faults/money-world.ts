import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmod, cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type pg from 'pg';
import { inject } from 'vitest';
import { spawnWorker } from '../../bin/spawn-worker.ts';
import type { SpawnedWorker } from '../../bin/spawn-worker.ts';
import type { World } from '../../cli/context.ts';
import { migrate } from '../../engine/warehouse/migrate.ts';
import type { FaultyLink, RunningToxiproxy } from '../servers/toxiproxy.ts';
import { connectPostgres, postgresSource } from './money-source.ts';
import type { MoneySource } from './money-source.ts';
import { MONEY_TABLES, startMovingMoney } from './moving-money.ts';
import type { Compared, MovingMoney, Pair } from './moving-money.ts';
import { seeded } from './random.ts';
import { runToEnd } from './run-to-end.ts';
import type { Ended } from './run-to-end.ts';

const PROJECT = fileURLToPath(new URL('./money', import.meta.url));
const PRODUCT = fileURLToPath(new URL('../../bin/tickmark.ts', import.meta.url));

/**
 * A project that lands two tables between which money moves all the time, from a source behind a proxy, into a warehouse of its
 * own. The source's network is slow, so that a pull can be hit in flight.
 */
export interface MoneyWorld {
  readonly world: World;
  readonly kind: MoneySource['kind'];
  readonly money: MovingMoney;
  /** As the worker reaches the source: through the proxy, as a role that can only read. */
  readonly sourceUrl: string;
  /** The network between the worker and the source. */
  readonly link: FaultyLink;
  /** Gives the network back its speed, or takes it: kilobytes a second, null for no limit. */
  readonly pace: (kilobytesPerSecond: number | null) => Promise<void>;
  /** A session on the warehouse as a superuser; opened anew when the warehouse was away. */
  readonly intrude: (sql: string, values?: readonly string[]) => Promise<pg.QueryResult<Record<string, string | null>>>;
  /** How many sessions read the source at this moment. */
  readonly readers: () => Promise<number>;
  readonly startWorker: (program?: readonly string[]) => Promise<void>;
  readonly workerPid: () => number | undefined;
  readonly refresh: (options?: { readonly withinMs?: number }) => Promise<Ended>;
  /** Compares what stands in the warehouse, or two tables named otherwise, with the source. */
  readonly compare: (nameOf?: (table: string) => string) => Promise<Compared>;
  /** Runs `tickmark ledger verify`: whether all that stands is what was recorded. */
  readonly ledgerVerifies: () => Promise<boolean>;
  readonly stop: () => Promise<void>;
}

export async function createMoneyWorld(options: {
  readonly toxiproxy: RunningToxiproxy;
  readonly rows: number;
  readonly random: () => number;
  readonly kilobytesPerSecond: number;
  readonly moveEveryMs?: number;
  /** A warehouse of the drill's own, which holds nothing else. */
  readonly warehouse?: { readonly server: pg.ClientConfig; readonly url: string };
  /** A Temporal server of the drill's own. */
  readonly temporalAddress?: string;
  /** A database on the shared Postgres when left out. */
  readonly source?: () => Promise<MoneySource>;
  /** Longest time of a statement or an answer. */
  readonly limitSeconds?: number;
}): Promise<MoneyWorld> {
  const servers = inject('servers');
  const id = randomUUID().replaceAll('-', '').slice(0, 12);
  const admin = await connectPostgres({ ...servers.postgres, database: 'postgres' });
  const ownWarehouse = options.warehouse;
  if (ownWarehouse === undefined) await admin.query(`create database warehouse_${id} owner tickmark`);
  const warehouseUrl = ownWarehouse?.url ?? servers.warehouseUrl.replace(/[^/]+$/, `warehouse_${id}`);
  const intruderOn = {
    ...(ownWarehouse?.server ?? servers.postgres),
    database: new URL(warehouseUrl).pathname.slice(1),
  };
  await migrate(warehouseUrl);

  const source = await (options.source ?? postgresSource)();
  const { rows, moveEveryMs: everyMs = 10 } = options;
  // Of its own: how often money moves must not decide what the drill does next.
  const random = seeded(Math.floor(options.random() * 2 ** 31));
  const money = await startMovingMoney({ source, rows, random, everyMs });
  const link = await options.toxiproxy.link(source.upstream);
  let bandwidth: { readonly remove: () => Promise<void> } | undefined;
  const pace = async (rate: number | null): Promise<void> => {
    await bandwidth?.remove();
    bandwidth = rate === null ? undefined : await link.addToxic({ type: 'bandwidth', attributes: { rate } });
  };
  await pace(options.kilobytesPerSecond);

  const namespace = `drill-${id}`;
  const address = options.temporalAddress ?? servers.temporalAddress;
  await createNamespace(servers.temporalProgram, address, namespace);
  const sourceUrl = source.urlAt(link);
  const root = await placeProject(servers.cache, source, {
    url: sourceUrl,
    limitSeconds: options.limitSeconds ?? 3_600,
  });
  const env = { ...process.env, NO_COLOR: '1', DATABASE_URL: warehouseUrl, TICKMARK_EVIDENCE_KEY: 'ef'.repeat(32) };
  const world: World = {
    root,
    env,
    warehouseUrl,
    warehouse: 'configured',
    temporal: { address, namespace, uiUrl: null, kind: 'configured' },
    stop: () => Promise.resolve(),
  };
  let worker: SpawnedWorker | undefined;
  const intruder = reopening(() => connectPostgres(intruderOn));
  const { query: intrude } = intruder;
  const startWorker = async (program?: readonly string[]): Promise<void> => {
    worker ??= await spawnWorker(world, () => undefined, program);
  };

  return {
    world,
    kind: source.kind,
    money,
    sourceUrl,
    link,
    pace,
    intrude,
    readers: source.readers,
    startWorker,
    workerPid: () => worker?.pid(),
    refresh: async ({ withinMs = 600_000 } = {}) => {
      await startWorker();
      return runToEnd({ address, namespace }, { vertical: 'bank', withinMs });
    },
    compare: async (nameOf = (table) => `raw_bank.${table}`) => {
      const pair: Record<string, Pair['accounts']> = {};
      for (const table of MONEY_TABLES) {
        const { rows } = await intrude(
          `select json_build_array(id::text, holder, balance::text, last_move::text, note)::text as line from ${nameOf(table)}`,
        );
        pair[table] = rows.map(({ line }) => JSON.parse(line as string) as Pair['accounts'][number]);
      }
      return money.compare(pair as unknown as Pair);
    },
    ledgerVerifies: async () => {
      const { code, said } = await runCommand(['ledger', 'verify'], { cwd: root, env });
      if (code !== 0) console.error(said);
      return code === 0;
    },
    stop: async () => {
      await worker?.stop();
      await money.stop();
      await intruder.end();
      await source.stop();
      if (ownWarehouse === undefined) await admin.query(`drop database warehouse_${id} with (force)`);
      await admin.end();
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** Works in a money world of its own and takes it down again, whatever happens. */
export async function inMoneyWorld<T>(
  options: Parameters<typeof createMoneyWorld>[0],
  work: (world: MoneyWorld) => Promise<T>,
): Promise<T> {
  const world = await createMoneyWorld(options);
  try {
    return await work(world);
  } finally {
    await world.stop();
  }
}

async function placeProject(
  cache: string,
  source: MoneySource,
  { url, limitSeconds }: { readonly url: string; readonly limitSeconds: number },
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'tickmark-money-'));
  await chmod(root, 0o755);
  await cp(PROJECT, root, { recursive: true });
  const connection = [...source.connection, `url: '${url}'`, `limits: { seconds: ${limitSeconds} }`];
  const config = [
    'name: money',
    `warehouse: { url: '\${env:DATABASE_URL}' }`,
    'connections:',
    `  bank: { ${connection.join(', ')} }`,
    'verticals:',
    '  bank: { description: A bank whose money moves while it is audited. }',
  ];
  const tables = MONEY_TABLES.map(
    (table) =>
      `{ ${[`name: ${table}`, 'key: [id]', 'control_totals: [balance]', ...source.declare(table)].join(', ')} }`,
  );
  await writeFile(join(root, 'tickmark.yml'), `${config.join('\n')}\n`, { mode: 0o600 });
  await writeFile(
    join(root, 'sql', 'bank', 'sources.yml'),
    `sources:\n  - name: bank\n    tables:\n${tables.map((table) => `      - ${table}\n`).join('')}`,
  );
  await mkdir(join(root, '.tickmark'));
  await mkdir(cache, { recursive: true });
  await symlink(cache, join(root, '.tickmark', 'cache'));
  return root;
}

/** A session that is opened anew when its server went away; a statement is tried again once when that showed only by it. */
function reopening(open: () => Promise<pg.Client>): {
  readonly query: MoneyWorld['intrude'];
  readonly end: () => Promise<void>;
} {
  let session: Promise<pg.Client> | undefined;
  const reopen = (): Promise<pg.Client> => {
    const opening = open();
    const forget = (): void => {
      if (session === opening) session = undefined;
    };
    opening.then((client) => client.on('error', forget).on('end', forget), forget);
    return opening;
  };
  return {
    query: async (sql, values = []) => {
      const ask = async (): Promise<pg.QueryResult> => (await (session ??= reopen())).query(sql, [...values]);
      const before = session;
      try {
        return await ask();
      } catch (error) {
        if (before === undefined || session === before) throw error;
        return ask();
      }
    },
    end: async () => {
      await session?.then((client) => client.end()).catch(() => undefined);
    },
  };
}

async function createNamespace(program: string, address: string, namespace: string): Promise<void> {
  const at = ['--address', address];
  await promisify(execFile)(program, ['operator', 'namespace', 'create', '-n', namespace, '--retention', '1d', ...at]);
}

function runCommand(
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<{ readonly code: number; readonly said: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [PRODUCT, ...args], options, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code ?? -1), said: `${out}${err}` }),
    );
  });
}
