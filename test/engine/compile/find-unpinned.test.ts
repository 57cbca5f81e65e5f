import { expect, test } from 'vitest';
import { findUnpinned } from '../../../engine/compile/find-unpinned.ts';

const found = (sql: string): string[] => findUnpinned(sql).map(({ text, line, column }) => `${text} ${line}:${column}`);

test.each([
  ['select now()', 'now() 1:8'],
  ['select NOW ( )', 'NOW() 1:8'],
  ['select 1,\n  current_date', 'current_date 2:3'],
  ['select current_timestamp(3), localtime', 'current_timestamp 1:8', 'localtime 1:30'],
  ['select pg_catalog.now()', 'now() 1:19'],
  ['select clock_timestamp(), statement_timestamp()', 'clock_timestamp() 1:8', 'statement_timestamp() 1:27'],
  ['select transaction_timestamp(), timeofday()', 'transaction_timestamp() 1:8', 'timeofday() 1:33'],
  ['select random(), gen_random_uuid()', 'random() 1:8', 'gen_random_uuid() 1:18'],
  [`select 'now'::timestamp`, `'now' 1:8`],
  [`select date 'today'`, `'today' 1:13`],
  [`select cast(' Yesterday ' as date)`, `' Yesterday ' 1:13`],
  [`select timestamp with time zone 'tomorrow'`, `'tomorrow' 1:33`],
  ['select age(born) from people', 'age() 1:8'],
  [`select 1 -- now()\n, now()`, 'now() 2:3'],
  [`select $$now()$$, $x$ $$ now() $x$, now()`, 'now() 1:37'],
  [`select E'it\\'s now()', now()`, 'now() 1:24'],
])('%s reads the clock or chance', (sql, ...places) => expect(found(sql)).toEqual(places));

test.each([
  `select 'now()', 'it''s now()' /* now() /* now() */ now() */ -- now()`,
  'select "now"(), "current_date"',
  'select x.now, t.current_date from t',
  'select my.now()',
  'select now from t',
  `select 'now' as word, 'today'`,
  'select age(later, earlier), age(f(a, b), c)',
  'select knowledge(), nowhere()',
  'select percentage(x), randomise()',
])('%s does not', (sql) => expect(found(sql)).toEqual([]));
