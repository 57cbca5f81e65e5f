import { createServer, connect as connectSocket } from 'node:net';
import type { AddressInfo, Server, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseMysqlAddress } from '../../../engine/connectors/mysql-address.ts';
import { openMysqlSession } from '../../../engine/connectors/mysql-session.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createMysqlWorld, landTable, openMysql, withMysql } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';
import { readTable } from './read-table.ts';

let world: MysqlWorld;
beforeAll(async () => {
  world = await createMysqlWorld();
  await world.run(`create table rows_table as select seq as id, repeat('x', 200) as t from seq_1_to_200000;
    create table few (id int); insert into few values (1);
    create view slow as select seq from seq_1_to_10 where sleep(30) = 0;
    create view million as select cast(seq as signed) as id, repeat('x', 100) as t from seq_1_to_1000000`);
}, 120_000);
afterAll(() => world.stop());

/** Sessions of the reader on the server, with what they do. */
const sessions = async (): Promise<string[][]> =>
  (await world.run('show processlist')).filter((row) => row[1] === 'reader');
async function untilNoSessions(): Promise<void> {
  const startedAt = performance.now();
  while ((await sessions()).length > 0) {
    if (performance.now() - startedAt > 3_000) break;
    await sleep(20);
  }
  expect(await sessions()).toEqual([]);
}
async function drain(rows: AsyncIterable<Buffer>, most = Infinity): Promise<number> {
  let bytes = 0;
  for await (const chunk of rows) {
    bytes += chunk.length;
    if (bytes > most) break;
  }
  return bytes;
}

describe('a pull that is cancelled ends within a second, and so does what the server does for it', () => {
  test('while it counts', async () => {
    const stop = new AbortController();
    const open = await openMysql(world);
    const failing = catchError(() => readTable(open, { name: 'slow' }, { signal: stop.signal }));
    await sleep(300);
    const abortedAt = performance.now();
    stop.abort();
    expect(await failing).toMatchObject({ code: 'EXTRACT_CANCELLED' });
    expect(performance.now() - abortedAt).toBeLessThan(1_000);
    await open.close();
    await untilNoSessions();
  });

  test('while it opens, or before', async () => {
    for (const wait of [null, 0, 5]) {
      const stop = new AbortController();
      if (wait === null) stop.abort();
      else setTimeout(() => stop.abort(), wait);
      const error = await catchError(async () => {
        const open = await openMysql(world, { signal: stop.signal });
        try {
          await sleep(50);
          await readTable(open, { name: 'few' });
        } finally {
          await open.close();
        }
      });
      expect(error).toMatchObject({ code: 'EXTRACT_CANCELLED' });
      await untilNoSessions();
    }
  });

  test('in the middle of its rows', async () => {
    const stop = new AbortController();
    const open = await openMysql(world);
    const read = await readTable(open, { name: 'rows_table' }, { signal: stop.signal });
    let at = 0;
    const error = await catchError(async () => {
      for await (const chunk of read.rows) {
        if (chunk.length === 0) continue;
        at += 1;
        if (at === 3) stop.abort();
      }
    });
    expect(error.code).toBe('EXTRACT_CANCELLED');
    expect(at).toBe(3);
    await open.close();
    await untilNoSessions();
  });
});

test('whoever stops taking rows leaves nothing running', async () => {
  const open = await openMysql(world);
  const read = await readTable(open, { name: 'rows_table' });
  expect(await drain(read.rows, 100_000)).toBeGreaterThan(100_000);
  await open.close();
  await open.close();
  await untilNoSessions();
});

test('memory stays flat: the server waits while nobody takes rows', async () => {
  await withMysql(world, async (open) => {
    const read = await readTable(open, { name: 'million' });
    const before = process.memoryUsage().rss;
    let most = 0;
    let bytes = 0;
    let chunks = 0;
    let largest = 0;
    for await (const chunk of read.rows) {
      bytes += chunk.length;
      largest = Math.max(largest, chunk.length);
      // Time enough to read all 116 MB if nothing held the server back.
      if ((chunks += 1) === 3) await sleep(2_000);
      most = Math.max(most, process.memoryUsage().rss - before);
    }
    expect(bytes).toBe(19 + 2 + 1_000_000 * (2 + 4 + 8 + 4 + 100));
    expect(largest).toBeLessThan(400 * 1024);
    expect(most).toBeLessThan(80 * 1024 * 1024);
  });
}, 60_000);

test('a session that is ended while rows come is told as a loss that a retry can mend', async () => {
  const open = await openMysql(world);
  const read = await readTable(open, { name: 'rows_table' });
  const lost = catchError(() => open.lost);
  const error = await catchError(async () => {
    let at = 0;
    for await (const chunk of read.rows) {
      if (chunk.length > 0 && (at += 1) === 2) await world.run(`kill ${(await sessions())[0]?.[0]}`);
    }
  });
  expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true });
  expect(await lost).toMatchObject({ code: 'EXTRACT_SNAPSHOT_LOST', retryable: true });
  expect(await catchError(() => readTable(open, { name: 'few' }))).toMatchObject({ code: 'SOURCE_UNREACHABLE' });
  await open.close();
});

test('a session that is ended while it idles is noticed, and one that is closed is not taken for lost', async () => {
  const open = await openMysql(world);
  const lost = catchError(() => open.lost);
  await world.run(`kill ${(await sessions())[0]?.[0]}`);
  expect(await lost).toMatchObject({ code: 'EXTRACT_SNAPSHOT_LOST' });
  await open.close();
  const closed = await openMysql(world);
  let isLost = false;
  closed.lost.catch(() => {
    isLost = true;
  });
  await closed.close();
  await sleep(50);
  expect(isLost).toBe(false);
});

test('what is refused for what it holds is not taken for a lost snapshot, which would be tried again', async () => {
  await world.run(`create table unfit (t varchar(9)); insert into unfit values ('a\\0b')`);
  const open = await openMysql(world);
  let isLost = false;
  open.lost.catch(() => {
    isLost = true;
  });
  const read = await readTable(open, { name: 'unfit' });
  expect(await catchError(() => drain(read.rows))).toMatchObject({ code: 'EXTRACT_TYPE_REFUSED', retryable: false });
  await sleep(50);
  expect(isLost).toBe(false);
  await open.close();
  await untilNoSessions();
});

test('a statement that takes longer than limits.seconds is ended by the server', async () => {
  const startedAt = performance.now();
  const error = await catchError(() => landTable(world, { name: 'slow' }, { seconds: 1 }));
  expect(error).toMatchObject({ code: 'EXTRACT_CEILING' });
  expect(error.message).toContain('the statement took longer than limits.seconds');
  expect(performance.now() - startedAt).toBeLessThan(4_000);
  await untilNoSessions();
});

test('a row larger than limits.bytes is given up while it comes', async () => {
  await world.run(`create table huge (t longtext); insert into huge values (repeat('x', 60000000))`);
  const error = await catchError(() => landTable(world, { name: 'huge' }, { bytes: 1_000_000 }));
  expect(error).toMatchObject({ code: 'EXTRACT_CEILING' });
});

test('a server that cannot be reached, or refuses, is told without the URL', async () => {
  const { port } = world.server;
  const cases: readonly (readonly [url: string, code: string, says: string])[] = [
    [`mysql://reader:c4nary-pw@127.0.0.1:1/source`, 'SOURCE_UNREACHABLE', 'ECONNREFUSED'],
    [`mysql://reader:c4nary-pw@127.0.0.1:${port}/source`, 'EXTRACT_FAILED', 'the user or the password was refused'],
    [`mysql://reader:c4nary-pw@no-such-host.invalid/source?ssl=false`, 'SOURCE_UNREACHABLE', ''],
    [world.server.url.replace(/source$/, 'elsewhere'), 'EXTRACT_FAILED', 'Access denied for user'],
    ['mysql://reader:c4nary-pw@:3306/x', 'CONFIG_INVALID', 'url is not of the form'],
    ['postgres://reader:c4nary-pw@localhost/x', 'CONFIG_INVALID', 'url is not of the form'],
    [`${world.server.url}?multipleStatements=true`, 'CONFIG_INVALID', 'unknown parameter multipleStatements'],
    [`${world.server.url}?ssl=perhaps`, 'CONFIG_INVALID', 'ssl in url'],
    [`mysql://reader:c4nary%pw@localhost/x`, 'CONFIG_INVALID', 'write it as %25'],
  ];
  for (const [url, code, says] of cases) {
    const error = await catchError(() => openMysql(world, { url, seconds: 5 }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(says);
    expect(error.message).not.toContain('c4nary');
    expect(error.message).not.toContain('p@ss');
  }
});

describe('a network that swallows everything', () => {
  test('at the connection is given up in time', async () => {
    const hole = createServer(() => undefined);
    await new Promise<void>((resolve) => hole.listen(0, '127.0.0.1', resolve));
    const { port } = hole.address() as AddressInfo;
    const startedAt = performance.now();
    const error = await catchError(() => openMysql(world, { url: `mysql://a:b@127.0.0.1:${port}/x`, seconds: 1 }));
    expect(error.code).toBe('SOURCE_UNREACHABLE');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    hole.close();
  });

  test.each(['rows', 'a count'])(
    'in the middle of %s is given up in time',
    async (during) => {
      const proxy = await startProxy(world.server.port);
      const url = world.server.url.replace(`:${world.server.port}/`, `:${proxy.port}/`);
      const open = await openMysql(world, { url, seconds: 2 });
      const startedAt = performance.now();
      const error = await catchError(async () => {
        if (during === 'a count') proxy.swallow();
        const read = await readTable(open, { name: 'rows_table' });
        for await (const chunk of read.rows) if (chunk.length > 0) proxy.swallow();
      });
      expect(error).toMatchObject({ code: 'SOURCE_UNREACHABLE', retryable: true });
      expect(error.message).toContain('nothing came for 2 s');
      expect(performance.now() - startedAt).toBeLessThan(10_000);
      await open.close();
      proxy.stop();
      for (const [id] of await sessions()) await world.run(`kill ${id}`).catch(() => undefined);
      await untilNoSessions();
    },
    30_000,
  );

  test('is told apart from a server that needs long to answer', async () => {
    const address = await parseMysqlAddress(world.server.url, { name: 'erp', root: '.' });
    const { signal } = new AbortController();
    const options = { what: 'connection erp', seconds: 20, bytes: 1e12, silenceSeconds: 0.5, signal };
    const session = await openMysqlSession(address, options);
    expect((await session.ask('select sleep(3)'))[0]?.[0]?.toString()).toBe('0');
    await session.close();
  });
});

interface Proxy {
  readonly port: number;
  /** From now on nothing passes, on old connections and new ones, and none is closed. */
  readonly swallow: () => void;
  readonly stop: () => void;
}

async function startProxy(to: number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  let isHole = false;
  const server: Server = createServer((client) => {
    const upstream = connectSocket(to, '127.0.0.1');
    for (const [from, into] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(from);
      from.on('error', () => undefined);
      from.on('data', (chunk) => {
        if (!isHole) into.write(chunk);
      });
      from.on('close', () => {
        if (!isHole) into.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    swallow: () => {
      isHole = true;
    },
    stop: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
