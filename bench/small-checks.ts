import { join } from 'node:path';
import { text } from './check-sql.ts';
import { fileWriter } from './file-writer.ts';

const TABLES = 100;
const ROWS = 1_000;

/** Statements that make 100 tables of 1,000 rows in the schema `small`, and one that they refer to. */
export function createSmallTables(): readonly string[] {
  return [
    'create schema small',
    'create table small.kinds as select kind from unnest(array[1, 2, 3]) as kind',
    ...tableNames().map(
      (name) =>
        `create table small.${name} as select id, id % 3 + 1 as kind, (array['open', 'paid', 'void'])[id % 3 + 1] as status, (id % 500)::numeric(12,2) as amount, date '2026-01-01' + (id % 90)::int as day from generate_series(1, ${ROWS}) as id`,
    ),
    'analyze',
  ];
}

/** Ten checks a table, 1,000 in all, over views that stand for models of an author. */
export function writeSmallProject(root: string): string {
  const folder = join(root, 'tickmark_small');
  const write = fileWriter(folder);
  write(
    'tickmark.yml',
    `name: small_checks\nwarehouse: { url: '\${env:DATABASE_URL}' }\nconnections: {}\nverticals: { bench: {} }\nmodels: { +materialized: view }\n`,
  );
  const tables = ['kinds', ...tableNames()].map((name) => `{ name: ${name} }`).join(', ');
  write(
    'sql/bench/sources.yml',
    `version: 2\nsources:\n  - { name: small, schema: small, connection: warehouse, tables: [${tables}] }\n`,
  );
  for (const name of tableNames())
    write(`sql/bench/marts/m_${name}.sql`, `select * from {{ source('small', '${name}') }}\n`);
  write('checks/bench/models.yml', `version: 2\nmodels:\n${tableNames().map(checksOf).join('')}`);
  return folder;
}

/** The same 1,000 checks, each a query of its own. */
export function writeSmallQueries(root: string): string {
  const folder = join(root, 'bare_small');
  const queries = tableNames().flatMap((name) => {
    const from = `bench.m_${name}`;
    return [
      ...COLUMNS.map((column) => `select count(*) from ${from} where ${column} is null;`),
      `select count(*) from (select 1 from ${from} group by id having count(*) > 1) as doubled;`,
      `select count(*) from ${from} where status not in (${STATUSES.map(text).join(', ')});`,
      `select count(*) from ${from} where amount not between 0 and 1000;`,
      `select count(*) from ${from} as a where not exists (select 1 from small.kinds as b where b.kind = a.kind);`,
      `select count(*) from ${from};`,
    ];
  });
  fileWriter(folder)('queries.sql', `${queries.join('\n')}\n`);
  return join(folder, 'queries.sql');
}

const COLUMNS = ['id', 'kind', 'status', 'amount', 'day'] as const;
const STATUSES = ['open', 'paid', 'void'] as const;

function checksOf(name: string): string {
  const more: Readonly<Partial<Record<(typeof COLUMNS)[number], string>>> = {
    id: 'unique',
    kind: `relationships: { arguments: { to: "source('small', 'kinds')", field: kind } }`,
    status: `accepted_values: { arguments: { values: [${STATUSES.join(', ')}] } }`,
    amount: 'accepted_range: { arguments: { min_value: 0, max_value: 1000 } }',
  };
  return [
    `  - name: m_${name}`,
    '    data_tests: [{ row_count: { arguments: { min: 1 } } }]',
    '    columns:',
    ...COLUMNS.flatMap((column) => [
      `      - name: ${column}`,
      '        data_tests:',
      '          - not_null',
      ...(more[column] === undefined ? [] : [`          - ${more[column]}`]),
    ]),
    '',
  ].join('\n');
}

function tableNames(): readonly string[] {
  return Array.from({ length: TABLES }, (_, at) => `t${String(at).padStart(3, '0')}`);
}
