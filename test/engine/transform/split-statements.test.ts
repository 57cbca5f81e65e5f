import { expect, test } from 'vitest';
import { splitStatements } from '../../../engine/transform/split-statements.ts';

test('a hook of several statements is parted at its semicolons, and empty ones are left out', () => {
  expect(splitStatements('\n  grant usage on schema a to r;\n grant select on a.b to r;;\n -- done\n')).toEqual([
    'grant usage on schema a to r',
    'grant select on a.b to r',
  ]);
  expect(splitStatements(' -- nothing\n')).toEqual([]);
});

test('a semicolon in a text, a name, a comment or a body parts nothing', () => {
  const whole = [
    `select ';', ";", $$ a; b $$, E'\\';' /* ; /* ; */ ; */ -- ;`,
    'create rule r as on insert to t do also (select 1; select 2)',
    'create function f() returns int begin atomic; select 1; end',
  ];
  for (const sql of whole) expect(splitStatements(sql)).toEqual([sql]);
});
