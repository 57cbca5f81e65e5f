import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { refuseQueryText } from '../../../engine/connectors/mysql-query-text.ts';
import { catchError } from '../../setup/catch-error.ts';
import { createMysqlWorld, landTable } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';

/** Where a query would write that may write files. */
const OUT = join(tmpdir(), 'tickmark-mysql-out');

let world: MysqlWorld;
let rootUrl: string;
beforeAll(async () => {
  world = await createMysqlWorld();
  await world.run(`
    create table orders (id int primary key, amount decimal(12,2), note varchar(40), code varchar(10));
    insert into orders values (1, 10.10, 'into the void;', 'x1'), (2, 20.20, 'what?', '7'), (3, null, null, null);
    create table victims (id int primary key, v int); insert into victims values (1, 1);
    create sequence numbers;
    create procedure emptied() delete from victims`);
  await world.source.query(`create function wiped() returns int deterministic modifies sql data
    begin delete from victims; return 1; end`);
  // All rights: what holds here is not held by a missing grant.
  const asRoot = new URL(`mysql://127.0.0.1:${world.server.port}/source`);
  Object.assign(asRoot, { username: 'root', password: world.server.rootPassword });
  rootUrl = asRoot.href;
}, 120_000);
afterAll(() => world.stop());

test('a query lands like a table: joins, common tables, comments, texts that look like more, a closing semicolon', async () => {
  const query = `
    -- it's a comment; with /*! nothing */ to run
    with big as (select * from orders where amount > 5 /* ' */)
    select b.id, b.amount * 2 as twice, "into outfile 'x'" as \`for update\`, concat(b.note, '?;#--') as said
    from big b left join victims v on v.id = b.id # and so on
    order by b.id;  `;
  const { read, rows, figures } = await landTable(world, {
    name: 'big',
    query,
    control_totals: ['twice'],
    key: ['id'],
  });
  expect(rows).toEqual([
    ['1', '20.20', "into outfile 'x'", 'into the void;?;#--'],
    ['2', '40.40', "into outfile 'x'", 'what??;#--'],
  ]);
  expect(figures).toMatchObject({ rows: 2n, totals: [{ column: 'twice', sum: '60.60' }] });
  expect(read.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
    'id integer',
    'twice numeric(13,2)',
    'for update text',
    'said text',
  ]);
  expect(read.query).toContain(query.trim().replace(/;$/, ''));
  const window = { column: 'id', from: '2', to: '2' };
  expect((await landTable(world, { name: 'big', query }, { window })).rows.map(([id]) => id)).toEqual(['2']);
});

test('what is no single SELECT, or would lock, wait, write or read files, is refused and changes nothing', async () => {
  const attempts = [
    'delete from victims',
    'insert into victims values (2, 2)',
    'select 1; drop table victims',
    'select 1; -- \ndrop table victims',
    `select 1) q into outfile '${OUT}' -- `,
    `select * from victims into outfile '${OUT}'`,
    `select * from victims into dumpfile '${OUT}'`,
    'select id into @a from victims',
    'select * from victims for update',
    'select * from victims lock in share mode',
    'select * from victims) q join (select * from victims for update',
    'select /*! sleep(1), */ 1 as a',
    'select /*M!100100 sleep(1), */ 1 as a',
    'select sleep(30) as a',
    'select `id`, sleep (30) as a from victims',
    'select benchmark(1000000000, md5(1)) as a',
    "select get_lock('x', 10) as a",
    "select load_file('/etc/passwd') as a",
    'select nextval(numbers) as a',
    'select next value for numbers as a',
    'select setval(numbers, 100) as a',
    'select wiped() as a',
    'call emptied()',
    'handler victims open',
    'do sleep(30)',
    'set global max_connections = 5',
    'show tables',
    'explain delete from victims',
    'with d as (delete from victims returning id) select * from d',
    'lock tables victims write',
    'create temporary table t (a int)',
    'select 1 as a /* not closed',
    "select 'not closed as a",
    'select 1 as a union select 2) q -- ',
    'select ? as a',
    '',
    '-- nothing',
  ];
  const state = async (): Promise<unknown> => [
    await world.run('checksum table orders, victims, numbers'),
    await world.run('select * from numbers'),
    await world.run('show tables'),
    await world.run('select @@max_connections'),
    (await readdir(tmpdir())).filter((name) => name.startsWith('tickmark-mysql-out')),
  ];
  const before = await state();
  const wrong: string[] = [];
  for (const query of attempts) {
    const startedAt = performance.now();
    const outcome = await landTable(world, { name: 'q', query }, { url: rootUrl, seconds: 10 }).then(
      ({ rows }) => `landed ${rows.length} rows`,
      (error: Error & { readonly code?: string }) => error.code ?? error.message,
    );
    if (outcome !== 'EXTRACT_QUERY_REFUSED') wrong.push(`${query}: ${outcome}`);
    if (performance.now() - startedAt > 3_000) wrong.push(`${query}: took long`);
  }
  expect(wrong).toEqual([]);
  expect(await state()).toEqual(before);
  // The control: the same attempts do change what they reach when nothing stands in their way.
  await world.run('select wiped()');
  expect(await state()).not.toEqual(before);
}, 60_000);

test('a refusal tells the line of sources.yml and what the server said of names, not of values', async () => {
  const unknown = await catchError(() => landTable(world, { name: 'q', query: 'select nope from orders' }));
  expect(unknown.message).toBe(
    "sql/shop/sources.yml:3: the query of q is refused: Unknown column 'nope' in 'SELECT' (error 1054, SQLSTATE 42S22) [EXTRACT_QUERY_REFUSED]".replace(
      "'SELECT'",
      /in '(\w+ ?\w*)'/.exec(unknown.message)?.[0].slice(3) ?? '',
    ),
  );
  const twice = await catchError(() => landTable(world, { name: 'q', query: 'select 1 as a, 2 as a' }));
  expect(twice.message).toContain("Duplicate column name 'a'");
  const overflow = await catchError(() =>
    landTable(world, {
      name: 'q',
      query: 'select id, 9223372036854775807 + amount * 0 + id as a, ~0 + id as b from orders',
    }),
  );
  expect(overflow.message).toContain('a number is out of range (error 1690, SQLSTATE 22003)');
  expect(overflow.message).not.toContain('18446744073709551615');
});

test('what the server would change with no more than a warning is refused', async () => {
  const refused = [
    'select id from orders where code = 7',
    "select cast(code as signed) as n from orders where code = 'x1'",
    "select str_to_date(code, '%Y') as d from orders",
    "select cast('2024-02-30' as date) as d",
    'select cast(1000.5 as decimal(3,0)) as n from orders',
    "select repeat('x', 2000000000) as t",
  ];
  const outcomes: string[] = [];
  for (const query of refused) {
    const error = await catchError(() => landTable(world, { name: 'q', query }));
    outcomes.push(`${error.code} ${/warning (\d+)/.exec(error.message)?.[1]}`);
    expect(error.message).not.toContain('x1');
  }
  expect(outcomes.filter((outcome) => !outcome.startsWith('EXTRACT_TYPE_REFUSED'))).toEqual([]);
  // The control: without a value that does not fit, the same is read.
  const { rows } = await landTable(world, {
    name: 'q',
    query: "select cast(code as signed) as n from orders where code = '7'",
  });
  expect(rows).toEqual([['7']]);
});

test('a text is taken apart as the server takes it', () => {
  const fine = [
    "select ';' as a",
    'select `into` from t',
    'select a.sleep from t',
    "select 'it''s for update'",
    '(select 1)',
  ];
  expect(fine.map(refuseQueryText)).toEqual(fine.map(() => null));
  expect(refuseQueryText("select '\\' ; drop table x -- '")).toBeNull();
  expect(refuseQueryText("select '' ; drop table x -- '")).toBe('it is more than one statement');
  expect(refuseQueryText("-- '\nselect /*! 1 */ -- '")).toBe('a comment in it would be run: /*! ... */');
  expect(refuseQueryText('select SLEEP/**/(5)')).toBe('it calls sleep');
});
