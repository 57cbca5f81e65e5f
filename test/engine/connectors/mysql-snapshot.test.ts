import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { catchError } from '../../setup/catch-error.ts';
import { landRead } from '../../setup/land-read.ts';
import { createMysqlWorld, landTable, openMysql, withMysql } from './read-mysql.ts';
import type { MysqlWorld } from './read-mysql.ts';
import { readTable } from './read-table.ts';

let world: MysqlWorld;
beforeAll(async () => {
  world = await createMysqlWorld();
}, 120_000);
afterAll(() => world.stop());

describe('one moment', () => {
  test('two tables that money moves between have one sum, which a reader without the snapshot does not see', async () => {
    await world.run(`create table left_side (id int primary key, amount int); create table right_side (id int primary key, amount int);
      insert into left_side select seq, 1000 from seq_1_to_100; insert into right_side select seq, 1000 from seq_1_to_100`);
    const writer = await world.server.connect();
    const reader = await world.server.connect();
    let moved = 0;
    let goOn = true;
    const writing = (async () => {
      while (goOn) {
        const id = (moved % 100) + 1;
        await writer.query(`start transaction; update left_side set amount = amount - 7 where id = ${id};
          update right_side set amount = amount + 7 where id = ${id}; commit`);
        moved += 1;
      }
    })();
    const sumOf = async (table: string): Promise<number> => {
      const [rows] = await reader.query(`select sum(amount) from ${table}`);
      return Number((rows as unknown as string[][])[0]?.[0]);
    };
    let torn = 0;
    for (let at = 0; at < 300; at += 1)
      if ((await sumOf('left_side')) + (await sumOf('right_side')) !== 200_000) torn += 1;
    const before = moved;
    for (let at = 0; at < 60; at += 1) {
      await withMysql(world, async (open) => {
        let total = 0;
        for (const name of ['left_side', 'right_side']) {
          const { rows, figures } = await landRead(
            await readTable(open, { name, control_totals: ['amount'] }),
            world.db.intruder,
          );
          const sum = rows.reduce((all, row) => all + Number(row[1]), 0);
          expect(figures.totals[0]?.sum).toBe(String(sum));
          total += sum;
        }
        expect(total).toBe(200_000);
      });
    }
    expect(moved).toBeGreaterThan(before);
    goOn = false;
    await writing;
    expect(torn).toBeGreaterThan(0);
  }, 60_000);

  test('a row that commits after the opening is not read, in tables that were not touched yet either', async () => {
    await world.run('create table later (id int); insert into later values (1)');
    await withMysql(world, async (open) => {
      await world.run('insert into later values (2)');
      const { rows } = await landRead(await readTable(open, { name: 'later' }), world.db.intruder);
      expect(rows).toEqual([['1']]);
    });
  });

  test('a table that is emptied or altered after the snapshot loses it; it is not read as empty', async () => {
    for (const change of [
      'truncate table fleeting',
      'alter table fleeting add column more int default 5, algorithm=copy',
    ]) {
      await world.run('create or replace table fleeting (id int); insert into fleeting values (1)');
      const open = await openMysql(world);
      await world.run(change);
      const error = await catchError(() => readTable(open, { name: 'fleeting' }));
      expect(error).toMatchObject({ code: 'EXTRACT_SNAPSHOT_LOST', retryable: true });
      await open.close();
    }
  });

  test('what has no snapshot is refused by its name: a table, behind a view, and in a query', async () => {
    await world.run(`create table orders (id int primary key); insert into orders values (1);
      create table old_table (id int) engine = myisam; insert into old_table values (1);
      create view inner_view as select o.id from old_table o join orders on orders.id = o.id; create view outer_view as select * from inner_view`);
    const direct = await catchError(() => landTable(world, { name: 'old_table' }));
    expect(direct.code).toBe('EXTRACT_FAILED');
    expect(direct.message).toContain('source.old_table is of engine MyISAM, which has no snapshots');
    for (const table of [
      { name: 'outer_view' },
      { name: 'q', query: 'select count(*) as n from (select `id` from source.`old_table`) x' },
      { name: 'q', query: 'select id from orders where id in (select id from outer_view)' },
    ]) {
      const error = await catchError(() => landTable(world, table));
      expect(error.message).toContain('reads source.old_table, which is of engine MyISAM');
    }
  });
});
