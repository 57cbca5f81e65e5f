import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestWarehouse } from '../../setup/test-warehouse.ts';
import type { TestWarehouse } from '../../setup/test-warehouse.ts';
import { catchError } from '../../setup/catch-error.ts';
import { postgresAt, runDiff, tableOf, tallyOf } from './run-diff.ts';
import type { Compared } from './run-diff.ts';

let world: TestWarehouse;
beforeAll(async () => {
  world = await createTestWarehouse();
  await world.source.query(
    `create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
  );
  await world.intruder.query(
    `create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)`,
  );
});
afterAll(() => world.stop());

/** The table `t` in two databases of one server. */
async function compare(
  a: string | readonly string[],
  b: string | readonly string[],
  options: Parameters<typeof runDiff>[2] & { readonly whereA?: string } = {},
): Promise<Compared> {
  for (const [client, statements] of [
    [world.source, a],
    [world.intruder, b],
  ] as const) {
    await client.query('drop table if exists t');
    for (const sql of [statements].flat()) await client.query(sql);
  }
  const { whereA, ...given } = options;
  return runDiff(
    tableOf('ours', postgresAt(world.sourceUrl), whereA === undefined ? {} : { where: whereA }),
    tableOf('theirs', postgresAt(intruderUrl()), {}),
    given,
  );
}

/** The warehouse database as the source's superuser sees it. */
function intruderUrl(): string {
  return world.sourceUrl.replace(/[^/]+$/, world.url.slice(world.url.lastIndexOf('/') + 1));
}

/** A value of one column in A and another in B, and whether they are the same. */
const VALUES: readonly (readonly [
  what: string,
  type: string,
  a: string,
  b: string,
  isSame: boolean,
  typeB?: string,
])[] = [
  ['1.0 and 1.00 are one number', 'numeric', '1.0', '1.00', true],
  ['0.1 is not 0.10000001', 'numeric', '0.1', '0.10000001', false],
  ['a number and its negative', 'numeric(15,2)', '12.50', '-12.50', false],
  ['a number without a scale and its negative', 'numeric', '12.50', '-12.50', false],
  ['a whole number and a decimal of the same value', 'integer', '5', '5.00', true, 'numeric(10,2)'],
  ['a whole number and a decimal of another', 'integer', '5', '5.01', false, 'numeric(10,2)'],
  ['integer and bigint', 'integer', '-1', '-1', true, 'bigint'],
  ['2^53 is not 2^53 + 1', 'bigint', '9007199254740992', '9007199254740993', false],
  ['-1 is not 2^32 - 1, though they hash alike', 'bigint', '-1', '4294967295', false],
  ['1 is not 2^32, though they hash alike', 'bigint', '1', '4294967296', false],
  ['NaN is NaN', 'numeric', `'NaN'`, `'NaN'`, true],
  ['NaN is not Infinity, though they hash alike', 'numeric', `'NaN'`, `'Infinity'`, false],
  ['a float NaN is NaN', 'double precision', `'NaN'`, `'NaN'`, true],
  ['-0 is 0', 'double precision', `'-0'`, `'0'`, true],
  ['a float and its neighbour', 'double precision', '0.1', '0.10000000000000002', false],
  ['a real and the double of the same value', 'real', '0.5', '0.5', true, 'double precision'],
  ['a real 0.1 is not the double 0.1', 'real', '0.1', '0.1', false, 'double precision'],
  ['null is null', 'text', 'null', 'null', true],
  ['null is not an empty text', 'text', 'null', `''`, false],
  ['null is not zero', 'bigint', 'null', '0', false],
  ['a letter and its capital', 'text', `'a'`, `'A'`, false],
  ['a letter and its capital under a collation that takes them for one', 'text collate loose', `'a'`, `'A'`, false],
  ['two forms of one accent', 'text', `U&'\\00e9'`, `U&'e\\0301'`, false],
  ['a blank at the end of a text', 'text', `'a '`, `'a'`, false],
  ['blanks at the end of a char(n)', 'char(3)', `'a'`, `'a'`, true, 'char(9)'],
  ['a char(n) and a text without its blanks', 'char(3)', `'a'`, `'a'`, true, 'text'],
  ['a char(n) and a text with a blank', 'char(3)', `'a'`, `'a '`, false, 'text'],
  ['varchar and text', 'varchar(10)', `'a'`, `'a'`, true, 'text'],
  ['bytes', 'bytea', `'\\x00ff'`, `'\\x00ff'`, true],
  ['other bytes', 'bytea', `'\\x00ff'`, `'\\x00fe'`, false],
  [
    'a uuid and its text in capitals',
    'uuid',
    `'00000000-0000-0000-0000-00000000abcd'`,
    `'00000000-0000-0000-0000-00000000ABCD'`,
    true,
    'text',
  ],
  ['true is true', 'boolean', 'true', 'true', true],
  ['true is 1', 'boolean', 'true', '1', true, 'smallint'],
  ['true is not 0', 'boolean', 'true', '0', false, 'smallint'],
  ['one moment in two zones', 'timestamptz', `'2026-01-31 10:00+02'`, `'2026-01-31 08:00+00'`, true],
  ['two moments of one clock time', 'timestamptz', `'2026-01-31 10:00+02'`, `'2026-01-31 10:00+00'`, false],
  ['times a microsecond apart', 'timestamp', `'2026-01-31 10:00:00'`, `'2026-01-31 10:00:00.000001'`, false],
  // 2^32 + 1 microseconds later, with the lowest bit set: both halves change, and their fold does not.
  [
    'times that hash alike',
    'timestamp',
    `'2000-01-01 00:00:00'`,
    `timestamp '2000-01-01' + 4294967296 * interval '1 microsecond' + interval '1 microsecond'`,
    false,
  ],
  ['an infinite date', 'date', `'infinity'`, `'infinity'`, true],
  ['one day', 'date', `'2026-01-31'`, `'2026-02-01'`, false],
  ['a time', 'time', `'10:00:00.5'`, `'10:00:00.50'`, true],
  ['JSON with its members in another order', 'jsonb', `'{"a": 1, "b": 1.0}'`, `'{"b": 1.00, "a": 1}'`, true],
  ['JSON as text and as jsonb', 'json', `'{"b":1,  "a":[2]}'`, `'{"a": [2], "b": 1}'`, true, 'jsonb'],
  ['JSON with another number behind the 53rd bit', 'jsonb', `'[9007199254740992]'`, `'[9007199254740993]'`, false],
  ['a JSON null is not a null', 'jsonb', `'null'`, 'null', false],
  ['an interval as it prints', 'interval', `'1 month'`, `'30 days'`, false],
  ['a list', 'integer[]', `'{1,2}'`, `'{1,2}'`, true],
  ['another list', 'integer[]', `'{1,2}'`, `'{2,1}'`, false],
];

describe('a value in two databases of Postgres', () => {
  test.each(VALUES.map(([what, type, a, b, isSame, typeB = type]) => ({ what, type, a, b, isSame, typeB })))(
    '$what',
    async ({ type, a, b, isSame, typeB }) => {
      const table = (of: string, value: string): string[] => [
        `create table t (id int primary key, v ${of})`,
        `insert into t values (1, ${value}), (2, null)`,
      ];
      const compared = await compare(table(type, a), table(typeB, b));
      expect(tallyOf(compared)).toBe(
        isSame ? '2 same, 0 changed, 0 only a, 0 only b' : '1 same, 1 changed (v 1), 0 only a, 0 only b',
      );
    },
  );

  test('a time with a zone is not compared with one without', async () => {
    const error = await catchError(() =>
      compare('create table t (id int primary key, v timestamptz)', 'create table t (id int primary key, v timestamp)'),
    );
    expect(error.message).toMatchInlineSnapshot(
      `"ours.v is timestamp with time zone and theirs.v is timestamp without time zone: one is a moment, the other a time of day without a zone, and nothing says which zone it is of [DIFF_REFUSED]"`,
    );
  });

  test('a float is compared with a decimal within a tolerance only', async () => {
    const tables = [
      ['create table t (id int primary key, v float8)', 'insert into t values (1, 0.1), (2, 1)'],
      ['create table t (id int primary key, v numeric)', 'insert into t values (1, 0.1001), (2, 1.1)'],
    ] as const;
    const error = await catchError(() => compare(...tables));
    expect(error.message).toMatchInlineSnapshot(
      `"ours.v is double precision and theirs.v is numeric: a float holds few decimal numbers exactly; a --tolerance compares them [DIFF_REFUSED]"`,
    );
    const compared = await compare(...tables, { tolerance: { v: '0.01' } });
    expect(tallyOf(compared)).toBe('1 same, 1 changed (v 1), 0 only a, 0 only b');
    expect(compared.result.forgiven).toBe(1n);
  });
});

test('a null in any column keeps nothing of the others from being seen', async () => {
  const types =
    'smallint integer bigint numeric(9,2) numeric real float8 boolean text varchar(9) char(9) date timestamp timestamptz time bytea uuid jsonb interval';
  const columns = types.split(' ').map((type, at) => `c${at} ${type}`);
  const table = (values: string): string[] => [
    `create table t (id int primary key, first int, ${columns.join(', ')}, last numeric)`,
    `insert into t (id, first, last) values ${values}`,
  ];
  const compared = await compare(
    table('(1, 1, 1), (2, 2, 2), (3, 3, 3)'),
    table('(1, 7, 1), (2, 2, -2), (3, null, 3)'),
  );
  expect(tallyOf(compared)).toBe('0 same, 3 changed (first 2, last 1), 0 only a, 0 only b');
});

describe('keys', () => {
  test("('a-', 'b') is another key than ('a', '-b')", async () => {
    const table = (values: string): string[] => [
      'create table t (k text, l text, v int)',
      `insert into t values ${values}`,
    ];
    const compared = await compare(table(`('a-', 'b', 1)`), table(`('a', '-b', 1)`), { key: ['k', 'l'] });
    expect(tallyOf(compared)).toBe('0 same, 0 changed, 1 only a, 1 only b');
  });

  test('a key is matched by its bytes, whatever its collation takes for equal', async () => {
    const table = (value: string): string[] => [
      'create table t (k text collate loose, v int)',
      `insert into t values ('${value}', 1)`,
    ];
    const compared = await compare(table('a'), table('A'), { key: ['k'] });
    expect(tallyOf(compared)).toBe('0 same, 0 changed, 1 only a, 1 only b');
  });

  test('a key is matched by its value, whatever its type', async () => {
    const compared = await compare(
      ['create table t (k numeric(10,2), v int)', 'insert into t values (1.00, 1), (2.50, 1), (-3, 1)'],
      ['create table t (k numeric, v int)', 'insert into t values (1, 1), (2.5, 2), (-3.000, 1)'],
      { key: ['k'] },
    );
    expect(tallyOf(compared)).toBe('2 same, 1 changed (v 1), 0 only a, 0 only b');
  });

  test('a key that stands twice is told and not matched, also where both sides have it twice', async () => {
    const table = (more: string): string[] => [
      'create table t (id int, v int)',
      `insert into t values (1, 1), (1, 1), (2, 2)${more}`,
    ];
    const equal = await compare(table(''), table(''));
    expect(tallyOf(equal)).toBe('1 same, 0 changed, 0 only a, 0 only b, 1 doubledA, 1 doubledB');
    expect(equal.result.isSame).toBe(false);
    const other = await compare(table(', (3, 3)'), table(', (3, 3), (3, 3)'));
    expect(tallyOf(other)).toBe('1 same, 0 changed, 0 only a, 0 only b, 1 doubledA, 2 doubledB');
  });

  test('rows that stand twice on both sides do not hide what else differs', async () => {
    const table = (value: number): string[] => [
      'create table t (id int, v int)',
      `insert into t values (1, ${value}), (1, ${value}), (2, 2)`,
    ];
    expect(tallyOf(await compare(table(7), table(8)))).toBe(
      '1 same, 0 changed, 0 only a, 0 only b, 1 doubledA, 1 doubledB',
    );
  });

  test('a row without a key is counted and is no match', async () => {
    const table = ['create table t (id int, v int)', 'insert into t values (null, 1), (2, 2)'];
    expect(tallyOf(await compare(table, table))).toBe(
      '1 same, 0 changed, 0 only a, 0 only b, 1 withoutKeyA, 1 withoutKeyB',
    );
  });

  test('values swapped between two rows are two changes', async () => {
    const table = (first: number, second: number): string[] => [
      'create table t (id int primary key, v int, w int)',
      `insert into t values (1, ${first}, 0), (2, ${second}, 0)`,
    ];
    for (let seed = 1; seed <= 20; seed += 1)
      expect(tallyOf(await compare(table(10, 20), table(20, 10), { seed }))).toBe(
        '0 same, 2 changed (v 2), 0 only a, 0 only b',
      );
  });

  test('without a key that is declared or primary it asks for one', async () => {
    const error = await catchError(() => compare('create table t (id int)', 'create table t (id int)', { key: [] }));
    expect(error.message).toMatchInlineSnapshot(
      `"ours and theirs: neither declares a key, nor has a primary key [DIFF_KEY_UNKNOWN]"`,
    );
  });
});

describe('what is compared', () => {
  const OURS = [
    'create table t (id int primary key, amount numeric, note text)',
    `insert into t values (1, 10, 'x'), (2, 20, 'y'), (3, 30, 'z')`,
  ];
  const THEIRS = [
    'create table t (id int primary key, amount numeric, remark text)',
    `insert into t values (1, 10, 'x'), (2, 21, 'q'), (4, 40, 'z')`,
  ];

  test('columns of one side only are told and left out', async () => {
    const compared = await compare(OURS, THEIRS);
    expect(tallyOf(compared)).toBe('1 same, 1 changed (amount 1), 1 only a, 1 only b');
    expect(compared.result.notes).toMatchInlineSnapshot(`
      [
        "not compared, only in ours: note",
        "not compared, only in theirs: remark",
      ]
    `);
  });

  test('a column that has another name on the other side', async () => {
    const compared = await compare(OURS, THEIRS, { map: { note: 'remark' } });
    expect(tallyOf(compared)).toBe('1 same, 1 changed (amount 1, note 1), 1 only a, 1 only b');
    expect(compared.differences).toMatchInlineSnapshot(`
      [
        {
          "a": {
            "amount": "20",
            "id": "2",
            "note": "y",
          },
          "b": {
            "amount": "21",
            "id": "2",
            "note": "q",
          },
          "columns": [
            "amount",
            "note",
          ],
          "key": {
            "id": "2",
          },
          "kind": "changed",
          "rowsA": 1,
          "rowsB": 1,
        },
        {
          "a": {
            "amount": "30",
            "id": "3",
            "note": "z",
          },
          "b": null,
          "columns": [],
          "key": {
            "id": "3",
          },
          "kind": "only_a",
          "rowsA": 1,
          "rowsB": 0,
        },
        {
          "a": null,
          "b": {
            "amount": "40",
            "id": "4",
            "note": "z",
          },
          "columns": [],
          "key": {
            "id": "4",
          },
          "kind": "only_b",
          "rowsA": 0,
          "rowsB": 1,
        },
      ]
    `);
  });

  test('only some columns, or all but some', async () => {
    expect(tallyOf(await compare(OURS, THEIRS, { columns: ['amount'] }))).toContain('1 changed (amount 1)');
    expect(tallyOf(await compare(OURS, THEIRS, { exclude: ['amount'] }))).toContain('0 changed');
  });

  test('only the rows that a condition holds for', async () => {
    expect(tallyOf(await compare(OURS, THEIRS, { whereA: 'id <> 3 -- not these' }))).toContain('0 only a, 1 only b');
    const error = await catchError(() => compare(OURS, THEIRS, { whereA: 'true) or (select 1; drop table t' }));
    expect(error.message).toMatchInlineSnapshot(
      `"the condition on ours is refused: syntax error at or near ";" (SQLSTATE 42601) [DIFF_INVALID]"`,
    );
    const unknown = await catchError(() => compare(OURS, THEIRS, { whereA: 'amout > 1' }));
    expect(unknown.message).toMatchInlineSnapshot(
      `"the condition on ours is refused: column "amout" does not exist (SQLSTATE 42703) [DIFF_INVALID]"`,
    );
  });

  test('a difference within the tolerance is forgiven, and said', async () => {
    const { result } = await compare(OURS, THEIRS, { tolerance: { '*': '1' } });
    expect([result.same, result.changed, result.forgiven]).toEqual([2n, 0n, 1n]);
    const strict = await compare(OURS, THEIRS, { tolerance: { amount: '0.99' } });
    expect(strict.result.changed).toBe(1n);
  });

  test('an unknown column or table is told with its neighbour', async () => {
    const column = await catchError(() => compare(OURS, THEIRS, { columns: ['amout'] }));
    expect(column.message).toMatchInlineSnapshot(`"ours has no column amout; did you mean 'amount'? [DIFF_UNKNOWN]"`);
    const table = await catchError(() =>
      runDiff(
        tableOf('ours', postgresAt(world.sourceUrl), { table: 'tt' }),
        tableOf('ours', postgresAt(world.sourceUrl)),
      ),
    );
    expect(table.message).toMatchInlineSnapshot(
      `"ours: connection ours has no table public.tt; did you mean 'public.t'? [DIFF_UNKNOWN]"`,
    );
  });

  test('a sample takes the same keys of both sides and says that it is one', async () => {
    const many = [
      'create table t (id int primary key, v int)',
      'insert into t select i, i from generate_series(1, 2000) i',
      'analyze t',
    ];
    const { result } = await compare(many, [...many, 'delete from t where id % 2 = 0'], { sample: { percent: '10' } });
    expect(result.rowsA).toBeGreaterThan(100n);
    expect(result.rowsA).toBeLessThan(300n);
    expect(result.same + result.onlyA).toBe(result.rowsA);
    expect(result.onlyB).toBe(0n);
    expect(result.sample).toMatchInlineSnapshot(
      `"NOT a full comparison: a sample of 10 % of the keys, chosen by a hash of the key with seed 0"`,
    );
  });
});

test('a comparison that is interrupted ends within a second or so', async () => {
  const stop = new AbortController();
  const slow = [
    'create table t (id int primary key, v text)',
    `insert into t select i, 'x' from generate_series(1, 50) i`,
  ];
  setTimeout(() => stop.abort(), 300);
  const began = performance.now();
  const error = await catchError(() => compare(slow, slow, { signal: stop.signal, whereA: 'pg_sleep(1) is not null' }));
  expect(error.message).toMatchInlineSnapshot(`"the comparison was interrupted [INTERRUPTED]"`);
  expect(performance.now() - began).toBeLessThan(5_000);
});
