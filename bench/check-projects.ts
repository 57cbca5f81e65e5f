import { join } from 'node:path';
import { text } from './check-sql.ts';
import { fileWriter } from './file-writer.ts';
import type { DbtConnection } from './model-projects.ts';
import { CHECKED_TABLES, columnsOfTable, handWritten, TPCH_CHECKS } from './tpch-checks.ts';
import type { BenchCheck } from './tpch-checks.ts';

/** The 40 checks over the tables of a schema, as each tool wants them written. Each gives the folder it wrote. */
type WriteChecks = (root: string, schema: string, connection: DbtConnection) => string;

export const writeBareChecks: WriteChecks = (root, schema) => {
  const folder = join(root, `bare_${schema}`);
  const write = fileWriter(folder);
  for (const table of CHECKED_TABLES) write(`${table}.sql`, handWritten(schema, table));
  return folder;
};

export const writeTickmarkChecks: WriteChecks = (root, schema) => {
  const folder = join(root, `tickmark_${schema}`);
  const write = fileWriter(folder);
  write(
    'tickmark.yml',
    `name: bench_checks\nwarehouse: { url: '\${env:DATABASE_URL}' }\nconnections: {}\nverticals: { bench: {} }\n`,
  );
  const tables = CHECKED_TABLES.map((table) => `${inYaml(table, OWN)}`).join('');
  write(
    'sql/bench/sources.yml',
    `version: 2\nsources:\n  - name: raw\n    schema: ${schema}\n    connection: warehouse\n    tables:\n      - name: customer\n${tables}`,
  );
  return folder;
};

export const writeDbtChecks: WriteChecks = (root, schema, { host, port, user, password, database }) => {
  const folder = join(root, `dbt_${schema}`);
  const write = fileWriter(folder);
  write(
    'dbt_project.yml',
    `name: checks\nversion: '1.0.0'\nprofile: p\nflags: { send_anonymous_usage_stats: false }\n`,
  );
  write(
    'profiles.yml',
    `p:\n  target: d\n  outputs:\n    d: { type: postgres, host: ${host}, port: ${port}, user: ${user}, password: '${password}', dbname: ${database}, schema: dbt_checks, threads: 4 }\n`,
  );
  write('macros/tests.sql', DBT_TESTS);
  const tables = CHECKED_TABLES.map((table) => `${inYaml(table, DBT)}`).join('');
  write(
    'models/sources.yml',
    `version: 2\nsources:\n  - name: raw\n    schema: ${schema}\n    tables:\n      - name: customer\n${tables}`,
  );
  return folder;
};

/** How a tool that has dbt's YAML calls what is not dbt's own. */
interface Words {
  readonly uniqueTogether: (columns: string) => string;
  readonly range: (min: string, max: string) => string;
  readonly rows: (min: number) => string;
}

const OWN: Words = {
  uniqueTogether: (columns) => `unique: { arguments: { columns: [${columns}] } }`,
  range: (min, max) => `accepted_range: { arguments: { min_value: ${min}, max_value: ${max} } }`,
  rows: (min) => `row_count: { arguments: { min: ${min} } }`,
};

const DBT: Words = {
  uniqueTogether: (columns) => `unique_together: { arguments: { columns: [${columns}] } }`,
  range: (min, max) => `in_range: { arguments: { least: ${min}, most: ${max} } }`,
  rows: (min) => `least_rows: { arguments: { least: ${min} } }`,
};

/** dbt has no range, composite key or row count of its own: the plainest tests that do it. */
const DBT_TESTS = `{% test in_range(model, column_name, least, most) %}
select * from {{ model }} where {{ column_name }} not between {{ least }} and {{ most }}
{% endtest %}
{% test unique_together(model, columns) %}
select {{ columns | join(', ') }} from {{ model }} where {{ columns[0] }} is not null group by {{ columns | join(', ') }} having count(*) > 1
{% endtest %}
{% test least_rows(model, least) %}
select counted.n from (select count(*) as n from {{ model }}) as counted where counted.n < {{ least }}
{% endtest %}
`;

/** A table of sources.yml in YAML, its tests one a line. */
function inYaml(table: BenchCheck['table'], words: Words): string {
  const own = TPCH_CHECKS.filter((check) => check.table === table);
  const ofTable = own.flatMap((check) => {
    if (check.kind === 'row_count') return [words.rows(check.min)];
    return check.kind === 'unique' && check.columns.length > 1 ? [words.uniqueTogether(check.columns.join(', '))] : [];
  });
  const ofColumn = (column: string): string[] =>
    own.flatMap((check) => {
      if (check.kind === 'unique') return check.columns.join() === column ? ['unique'] : [];
      if (check.kind === 'row_count' || check.column !== column) return [];
      switch (check.kind) {
        case 'not_null':
          return ['not_null'];
        case 'accepted_values':
          return [`accepted_values: { arguments: { values: [${check.values.map(text).join(', ')}] } }`];
        case 'relationships':
          return [`relationships: { arguments: { to: "source('raw', '${check.to}')", field: ${check.field} } }`];
        case 'accepted_range':
          return [words.range(check.min, check.max)];
        default:
          return check satisfies never;
      }
    });
  const lines = [
    `      - name: ${table}`,
    ...(ofTable.length === 0 ? [] : ['        data_tests:', ...ofTable.map((one) => `          - ${one}`)]),
    '        columns:',
    ...columnsOfTable(table).flatMap((column) => [
      `          - name: ${column}`,
      '            data_tests:',
      ...ofColumn(column).map((one) => `              - ${one}`),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}
