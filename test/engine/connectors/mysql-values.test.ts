import { afterAll, beforeAll, expect, test } from 'vitest';
import { mysql as subject } from '../../conformance/subjects/mysql.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createMysqlWorld, landTable } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';
import type { StartedSubject } from '../../conformance/subject.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

let world: MysqlWorld;
let started: StartedSubject;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tickmark-mysql-'));
  [world, started] = await Promise.all([createMysqlWorld(), subject.start(folder)]);
}, 120_000);
afterAll(async () => {
  await started.stop();
  await world.stop();
  await rm(folder, { recursive: true, force: true });
});

test('every value at the edge of its type lands exactly or is refused by the name of its column', async () => {
  const wrong: string[] = [];
  const url = started.connection.type === 'mysql' ? started.connection.url : '';
  for (const [at, edge] of started.torture.entries()) {
    const placed = await started.createTorture(`edge${at}`, edge);
    const outcome = await landTable(world, placed, { url }).then(
      ({ rows }) => rows[0]?.[1] ?? null,
      (error: Error & { code?: string }) => `${error.code}: ${error.message}`,
    );
    const isRefusal = typeof edge.landed === 'object' && edge.landed !== null;
    const isRight = isRefusal
      ? outcome?.startsWith('EXTRACT_TYPE_REFUSED') && outcome.includes(`source.edge${at}`) && / value\b/.test(outcome)
      : outcome === edge.landed;
    if (!isRight) wrong.push(`${edge.type} ${edge.given}: ${JSON.stringify(outcome)}`);
  }
  expect(wrong).toEqual([]);
  expect(started.torture.length).toBeGreaterThan(80);
}, 120_000);

test('a random double and a random float land as the number that the server holds', async () => {
  await world.run(
    `create table floats (id int primary key, d double, f float) select seq as id,
       (rand(seq) - 0.5) * pow(10, floor(rand(seq + 7) * 600) - 300) as d, (rand(seq + 3) - 0.5) * pow(10, floor(rand(seq + 9) * 70) - 35) as f
     from seq_1_to_5000`,
  );
  const { rows } = await landTable(world, { name: 'floats' });
  expect(rows).toHaveLength(5_000);
  for (let at = 0; at < rows.length; at += 500) {
    const same = rows.slice(at, at + 500).map(([id, d, f]) => `(id = ${id} and d = ${d} and f = cast(${f} as float))`);
    expect(await world.run(`select count(*) from floats where ${same.join(' or ')}`)).toEqual([['500']]);
  }
  // The control: a number beside it is not equal.
  expect(
    await world.run(`select count(*) from floats where id = 1 and d = ${Number(rows[0]?.[1]) * (1 + 2e-16)}`),
  ).toEqual([['0']]);
}, 60_000);

test('a value that Postgres cannot hold is never told in the error', async () => {
  await world.run(`create table secrets (id int, iban varchar(40)); insert into secrets values (1, 'DE0212\\0SECRET')`);
  const error = await catchError(() => landTable(world, { name: 'secrets' }));
  expect(error.message).toContain('source.secrets: column iban holds a value that text cannot hold');
  expect(error.message).not.toContain('SECRET');
  expect(error.message).not.toContain('DE02');
});

test('a cell of 20 MB, which the protocol splits, lands whole', async () => {
  await world.run(
    `create table large (id int, t longtext); insert into large values (1, repeat('0123456789', 2000000)), (2, 'x')`,
  );
  const { rows } = await landTable(world, { name: 'large' });
  expect(rows[0]?.[1]).toBe('0123456789'.repeat(2_000_000));
  expect(rows[1]).toEqual(['2', 'x']);
}, 60_000);
