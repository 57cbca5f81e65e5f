import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
import { identifier, literal } from '../../../engine/sql-text.ts';
import type { ConformanceSubject, SubjectColumn, SubjectRow } from '../subject.ts';
import { POSTGRES_TORTURE } from './postgres-torture.ts';

/** Postgres, in a database of its own on the server that all test files share. */
export const postgres: ConformanceSubject = {
  kind: 'postgres',
  start: async () => {
    const server = inject('servers').postgres;
    const database = `subject_${randomUUID().replaceAll('-', '').slice(0, 12)}`;
    const connect = async (name: string): Promise<pg.Client> => {
      const client = new pg.Client({ ...server, database: name });
      client.on('error', () => undefined);
      await client.connect();
      return client;
    };
    const admin = await connect('postgres');
    await admin.query(`create database ${database}`);
    const db = await connect(database);
    await db.query(SETUP);
    const { host, port, user, password } = server;
    const url = `postgres://${user}:${encodeURIComponent(password)}@${host}:${port}/${database}`;
    return {
      connection: { type: 'postgres', url, parallel: 2, limits: { rows: 1e9, bytes: 1e12, seconds: 60 } },
      can: { countsWhole: true, typed: true, emptyTables: true, maxColumns: 1_600 },
      create: async ({ name, columns }) => {
        await db.query(`create table ${identifier(name)} (${columns.map(definition).join(', ')})`);
        return { name };
      },
      setRows: async (name, rows) => {
        await db.query(`begin; delete from ${identifier(name)}; ${insertion(name, rows)}; commit`);
      },
      insert: async (name, rows) => {
        await db.query(insertion(name, rows));
      },
      addColumn: async (name, column) => {
        await db.query(`alter table ${identifier(name)} add column ${definition(column)}`);
      },
      dropColumn: async (name, column) => {
        await db.query(`alter table ${identifier(name)} drop column ${identifier(column)}`);
      },
      insertUncommitted: async (name, rows) => {
        const other = await connect(database);
        await other.query(`begin; ${insertion(name, rows)}`);
        return {
          commit: async () => {
            await other.query('commit');
            await other.end();
          },
        };
      },
      torture: POSTGRES_TORTURE,
      createTorture: async (name, { type, given }) => {
        await db.query(`create table ${identifier(name)} (id int, value ${type})`);
        await db.query(`insert into ${identifier(name)} values (1, ${given})`);
        return { name, key: ['id'] };
      },
      stop: async () => {
        await db.end();
        await admin.query(`drop database ${database} with (force)`);
        await admin.end();
      },
    };
  },
};

/** What the types of the torture list need. */
const SETUP = `
  create type public.mood as enum ('glad', 'so "so", \\');
  create domain public.cents as numeric(12, 2);
  create domain public.code as char(6);
  create type public.pair as (a int, b text);
  create domain public.pairs as public.pair;
  create extension hstore;
  create extension citext`;

function definition({ name, type }: SubjectColumn): string {
  return `${identifier(name)} ${type}`;
}

function insertion(name: string, rows: readonly SubjectRow[]): string {
  if (rows.length === 0) return 'select';
  const values = rows.map((row) => `(${row.map((value) => literal(value)).join(', ')})`);
  return `insert into ${identifier(name)} values ${values.join(', ')}`;
}
