import { afterAll, beforeAll, expect, test } from 'vitest';
import { guard } from '../../../engine/jinja/guarded.ts';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { place } from './jinja.ts';

let world: TestWarehouse;

beforeAll(async () => {
  world = await createTestWarehouse();
});

afterAll(() => world.stop());

const HOSTILE: readonly string[] = [
  "it's",
  "''",
  "'",
  '\\',
  "\\'",
  "\\\\'; select 1; --",
  'a"b',
  '""',
  '-- ',
  '/*',
  '*/',
  '*/ select 1/0 /*',
  '\n--\n',
  "x'; drop table t; --",
  "' || pg_sleep(9) || '",
  '\\u0027',
  '\\0027 or 1=1',
  'ümlaut ✓ 🎉',
  '%',
  ';',
  '/',
  '*',
];

const put = (sql: string, value: unknown): string => place(sql.replaceAll('?', String(guard(value, 'x'))));

/** A text in quotes of each kind, and what else Postgres reads there before the value. */
const QUOTED: Readonly<Record<string, readonly [sql: string, before: string]>> = {
  "'...'": ["select '?'", ''],
  "'...' with quotes around it": ["select '''?'", "'"],
  "E'...'": ["select E'?'", ''],
  "e'...' behind a bracket": ["select (e'?')", ''],
  "U&'...'": ["select U&'\\0061?'", 'a'],
  "'...' that goes on": ["select 'a'\n  '?'", 'a'],
  "E'...' that goes on": ["select E'a\\''  -- more\n  '?'", "a'"],
  "U&'...' that goes on": ["select U&'a'\n'?'", 'a'],
  "'...' behind E'...'": ["select E'a' || '?'", 'a'],
  '$$...$$': ['select $$?$$', ''],
  '$body$...$body$': ['select $body$a $ ?$body$', 'a $ '],
  "'...' behind a name that ends with e": ["select name'?'", ''],
};

for (const [kind, [template, before]] of Object.entries(QUOTED)) {
  test(`what stands in ${kind} is read by Postgres as the value itself`, async () => {
    for (const value of HOSTILE) {
      const sql = put(template, value);
      const { rows } = await world.intruder.query<string[]>({ text: sql, rowMode: 'array' });
      expect(rows.at(-1)?.[0], sql).toBe(before + value);
    }
  });
}

test('what stands in "..." is read by Postgres as a name', async () => {
  for (const value of HOSTILE) {
    const { fields } = await world.intruder.query(put('select 1 as "?", 2 as U&"?"', value));
    expect(fields.map(({ name }) => name)).toEqual([value, value]);
  }
});

test('what stands in a comment stays in it, also at its edges', async () => {
  for (const value of [...HOSTILE, '']) {
    const sql = put('select /* ? /* nested ? */ *?/ still ? */ 1 -- ? */ 9\n + 1 /*?*/ --?\n + 1', value);
    const { rows } = await world.intruder.query<{ '?column?': string }>(sql);
    expect(rows[0]?.['?column?'], sql).toBe('3');
  }
});

test('numbers are code wherever code is', async () => {
  const { rows } = await world.intruder.query({
    text: put("select ?, -?, 1-?, '?', $$a$$ || ?, 2*?", -5),
    rowMode: 'array',
  });
  expect(rows).toEqual([['-5', '5', '6', '-5', 'a-5', '-10']]);
});

test('what would become SQL is refused', () => {
  expect(() => put('select ?', 'a')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put("select 'a' ?", '')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put("select 'a''' || ? || ''", 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put("select E'a\\'?'", 'b')).not.toThrow();
  expect(() => put("select 'a\\'?'", 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put("select some'?'", 'b')).not.toThrow();
  expect(() => put('/* a */ ?', 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put('/* /* a */ ? */', 'b')).not.toThrow();
  expect(() => put('-- a\n?', 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put('$a$ $b$ ? $a$', 'b')).not.toThrow();
  expect(() => put('$a$ $a$ ?', 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
  expect(() => put('a$b$ ? $b$', 'b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: the text of var('x') would become SQL here; use literal(var('x')) or identifier(var('x')) [COMPILE_VAR]]`,
  );
});

test('what could end the quotes around it is refused', () => {
  expect(() => put('select $$?$$', 'a$$')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: var('x') together with a $ could end this $-quoted string [COMPILE_VAR]]`,
  );
  expect(() => put('select $a$ $?$ $a$', 'a')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: var('x') together with a $ could end this $-quoted string [COMPILE_VAR]]`,
  );
  expect(() => put("select E'\\?'", "'")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: var('x') stands right behind a backslash, which would change it [COMPILE_VAR]]`,
  );
  expect(() => put("select '?'", 'a\0')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: var('x') has a NUL, which no SQL can hold [COMPILE_VAR]]`,
  );
});

test('text without guarded values is given back as it is', () => {
  expect(place("select 'not closed")).toBe("select 'not closed");
});
