import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { convertDbtProject } from '../../../engine/from-dbt/convert-dbt-project.ts';
import type { Conversion } from '../../../engine/from-dbt/conversion.ts';
import { formatConversion } from '../../../engine/from-dbt/format-conversion.ts';
import { writeFiles } from './write-files.ts';

const SMALL = {
  'dbt_project.yml': 'name: shop\nprofile: shop_profile\n',
  'models/a.sql': 'select 1 as n',
};

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('expected an error, and none was thrown');
}

function convert(
  files: Readonly<Record<string, string>>,
  options: { readonly vertical?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Conversion & { readonly read: (path: string) => string } {
  const from = writeFiles(files);
  const out = join(writeFiles({}), 'made');
  const conversion = convertDbtProject({
    from,
    out,
    vertical: options.vertical,
    profileFolders: [],
    env: options.env ?? {},
    extra: new Map(),
  });
  return { ...conversion, read: (path) => readFileSync(join(out, path), 'utf8') };
}

const said = ({ notBrought }: Conversion): readonly string[] =>
  notBrought.map(({ file, line, what }) => `${file}:${line ?? ''} ${what}`);

test('a small project becomes a vertical of its name, its models views as in dbt', () => {
  const made = convert(SMALL);
  expect(made.read('tickmark.yml')).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=.tickmark/schemas/tickmark.schema.json
    # Brought over from the dbt project shop.
    name: shop

    warehouse:
      # Unset, a warehouse of the project's own is started.
      url: \${env:DATABASE_URL}

    connections: {}

    verticals:
      shop:
        description: "All models of the dbt project shop."

    models:
      +materialized: view

    seeds:
      +decimals: double precision

    data_tests:
      +no_data: tell
    "
  `);
  expect(made.read('sql/shop/a.sql')).toBe('select 1 as n');
  expect(formatConversion({ ...made, root: '/new/shop' })).toMatchInlineSnapshot(`
    "dbt project shop is now the vertical shop in /new/shop

    Brought over: 1 file
      models/a.sql -> sql/shop/a.sql

    Where the relations will stand
      models, seeds and snapshots in the schema shop

    Changed: 0

    Not brought over: 0

    It compiles.

    Next
      cd /new/shop
      set DATABASE_URL to the Postgres of profile shop_profile, which was not found in profiles.yml; unset, Tickmark starts one of its own
      tickmark build"
  `);
});

test('the blocks of dbt_project.yml come over with their comments; what Tickmark lacks is said', () => {
  const made = convert({
    ...SMALL,
    'dbt_project.yml': [
      'name: shop',
      'on-run-start: "select 1"',
      'models:',
      '  # for all of it',
      '  shop:',
      '    +schema: custom',
      '    engagement:',
      '      +materialized: materialized_view # fast',
      '      +snowflake_warehouse: big',
      '    staging: {+tags: [a]}',
      '  other_package:',
      '    +enabled: false',
      'seeds:',
      '  other_package:',
      '    +enabled: false',
      'tests:',
      '  +severity: warn',
      'saved-queries: {}',
      '',
    ].join('\n'),
    'models/engagement/b.sql': 'select 2 as n',
  });
  expect(made.read('tickmark.yml').split('\n\n').slice(4).join('\n\n')).toMatchInlineSnapshot(`
    "on_run_start: "select 1"

    models:
      +materialized: view
      # for all of it
      shop:
        +schema: custom
        models_engagement:
          +materialized: table # fast
        staging: {+tags: [a]}

    seeds:
      +decimals: double precision

    data_tests:
      +no_data: tell
      +severity: warn
    "
  `);
  expect(said(made)).toMatchInlineSnapshot(`
    [
      "dbt_project.yml:6 models: +schema: custom",
      "dbt_project.yml:8 materialized: materialized_view is now table",
      "dbt_project.yml:9 models: +snowflake_warehouse:",
      "dbt_project.yml:11 models: other_package:",
      "dbt_project.yml:14 seeds: other_package:",
      "dbt_project.yml:18 saved-queries:",
    ]
  `);
  expect(made.read('sql/shop/models_engagement/b.sql')).toBe('select 2 as n');
  expect(made.errors).toEqual([]);
});

test('variables get the types of their values, and those that are declared nowhere the types of their defaults', () => {
  const made = convert({
    ...SMALL,
    'dbt_project.yml': [
      'name: shop',
      'vars:',
      '  whole: 3',
      '  part: 1.50',
      '  flag: yes',
      '  day: 2024-01-31',
      '  word: abc_1',
      '  words: [a, b]',
      '  nothing: null',
      '  "pkg:zone": utc',
      '  spaced: "two words; drop table x"',
      '  mapping: {a: 1}',
      '  templated: "{{ target.name }}"',
      '  shop:',
      '    whole: 4',
      '',
    ].join('\n'),
    'models/a.sql':
      "{# var('commented') #} select {{ var('whole') }} as n, {{ var('extra', 2.5) }} as e, '{{ var(\"late\") }}' as l",
  });
  expect(made.read('tickmark.yml').split('\n\n').slice(4, 5).join()).toMatchInlineSnapshot(`
    "vars:
      whole:
        type: integer
        default: 4
      part:
        type: decimal
        default: "1.5"
      flag:
        type: boolean
        default: true
      day:
        type: date
        default: 2024-01-31
      word:
        type: text
        default: abc_1
      words:
        type: list
        default:
          - a
          - b
      nothing:
        type: text
      pkg:zone:
        type: text
        default: utc
      extra:
        type: decimal
      late:
        type: text"
  `);
  expect(said(made)).toMatchInlineSnapshot(`
    [
      "dbt_project.yml:11 variable spaced: its text has signs that a variable cannot hold",
      "dbt_project.yml:12 variable mapping: it is a mapping",
      "dbt_project.yml:13 variable templated: its value is a template",
    ]
  `);
});

test('a vertical never takes the schema that a source stands in', () => {
  const files = {
    ...SMALL,
    'models/s.yml': 'sources:\n  - name: x\n    schema: shop\n    tables:\n      - name: t\n',
  };
  expect(convert(files).vertical).toBe('shop_models');
  expect(messageOf(() => convert(files, { vertical: 'shop' }))).toMatchInlineSnapshot(
    `"--vertical shop: a source stands in the schema shop [INIT_INVALID]"`,
  );
  expect(messageOf(() => convert(files, { vertical: 'Shop' }))).toMatchInlineSnapshot(
    `"--vertical Shop: lower case letters, digits and _, the first a letter [INIT_INVALID]"`,
  );
});

test('the macros of packages come over where they are installed or local, and a missing one is said', () => {
  const made = convert({
    ...SMALL,
    'packages.yml': [
      'packages:',
      '  - package: dbt-labs/dbt_utils',
      '    version: 1.3.0',
      '  - package: some/installed_one',
      '    version: 1.0.0',
      '  - git: "https://example.com/x/not-there.git"',
      '  - local: ../no/such/folder',
      '',
    ].join('\n'),
    'dbt_packages/installed_one/dbt_project.yml': 'name: installed_one\n',
    'dbt_packages/installed_one/macros/deep/m.sql': '{% macro one() %}1{% endmacro %}',
    'dbt_packages/installed_one/models/m.sql': 'select 1 as n',
    'models/a.sql': 'select {{ installed_one.one() }} as n',
  });
  expect(made.read('sql/packages/installed_one/macros/deep/m.sql')).toBe('{% macro one() %}1{% endmacro %}');
  expect(said(made)).toMatchInlineSnapshot(`
    [
      "packages.yml:4 the 1 models and seeds of package installed_one",
      "packages.yml:6 package https://example.com/x/not-there.git is not installed",
      "packages.yml:7 package ../no/such/folder is not installed",
    ]
  `);
  expect(made.errors).toEqual([]);
});

test('keys with nothing behind them mean nothing, as in dbt', () => {
  const made = convert({
    ...SMALL,
    'dbt_project.yml':
      'name: shop\nmodels:\n  shop:\n    empty:\n    full:\n      +tags: x\nseeds:\non-run-end:\nvars:\n',
    'models/m.yml': 'version: 2\nmodels:\n  - name: a\nseeds:\nsources:\n',
  });
  expect(made.read('tickmark.yml').split('\n\n').slice(4).join('\n\n')).toBe(
    'models:\n  +materialized: view\n  shop:\n    full:\n      +tags: x\n\nseeds:\n  +decimals: double precision\n\ndata_tests:\n  +no_data: tell\n',
  );
  expect(made.read('sql/shop/m.yml')).toBe('version: 2\nmodels:\n  - name: a\n');
  expect([...made.notBrought, ...made.errors]).toEqual([]);
});

test('what cannot be brought over is said with its line', () => {
  const made = convert({
    ...SMALL,
    'models/p.py': 'def model(dbt, session): pass',
    'analyses/x.sql': 'select 1',
    'selectors.yml': 'selectors: []',
    'macros/m.sql':
      '\n{% materialization mine, default %}{% endmaterialization %}\n{% macro generate_schema_name(a, b) %}{% endmacro %}',
    'models/a.sql': "{{ config(materialized='table',\n  schema='other') }}\nselect '{{ target.schema }}' as s",
  });
  expect(said(made)).toMatchInlineSnapshot(`
    [
      "analyses/x.sql: an analysis",
      "macros/m.sql:2 materialization mine",
      "macros/m.sql:3 macro generate_schema_name is brought over and never called",
      "models/a.sql:1 config schema='other'",
      "models/a.sql:3 target.schema says something else in Tickmark",
      "models/p.py: a model in Python",
      "selectors.yml: named selectors",
    ]
  `);
});

test('each error that Tickmark finds in the new project is listed, and its file is there all the same', () => {
  const made = convert({
    ...SMALL,
    'models/a.sql': "select * from {{ ref('b') }}",
    'models/b.sql': "select * from {{ ref('missing') }}",
    'models/c.sql': '\nselect {{ no_such_macro() }} as n',
    'models/m.yml': 'models:\n  - name: a\n    descripton: x\n',
  });
  expect(made.errors).toMatchInlineSnapshot(`
    [
      {
        "file": "sql/shop/m.yml",
        "line": 3,
        "next": "correct the file at the place named",
        "what": "unknown key 'descripton' in models[0]; did you mean 'description'?",
      },
      {
        "file": "sql/shop/c.sql",
        "line": 2,
        "next": "correct the template at the place named",
        "what": "no word 'no_such_macro'",
      },
      {
        "file": "sql/shop/b.sql",
        "line": 1,
        "next": "\`tickmark ls\` lists models and sources",
        "what": "no model 'missing'",
      },
    ]
  `);
  expect(made.read('sql/shop/m.yml')).toBe('models:\n  - name: a\n    descripton: x\n');
});

describe('profiles.yml', () => {
  const profile = (output: object): string =>
    JSON.stringify({ shop_profile: { target: 'dev', outputs: { dev: output } } });

  test('is read for the connection, never for the password', () => {
    const made = convert({
      ...SMALL,
      'profiles.yml': profile({ type: 'postgres', host: 'db', port: 6543, user: 'a@b', pass: 'hunter2', dbname: 'wh' }),
    });
    expect(made.nextSteps).toEqual(['export DATABASE_URL=postgres://a%40b:PASSWORD@db:6543/wh', 'tickmark build']);
    expect(JSON.stringify(made)).not.toContain('hunter2');
  });

  test('of another warehouse says that Tickmark builds in Postgres', () => {
    const made = convert({ ...SMALL, 'profiles.yml': profile({ type: 'snowflake', account: 'x' }) });
    expect(made.nextSteps[0]).toBe(
      'the profile is of snowflake; Tickmark builds in Postgres: bring the sources there, and set DATABASE_URL to it',
    );
  });
});

describe('what is refused', () => {
  const input = (from: string, out: string): Parameters<typeof convertDbtProject>[0] => ({
    from,
    out,
    profileFolders: [],
    env: {},
    extra: new Map(),
  });

  test('a folder without a dbt project, and one whose dbt_project.yml cannot be read', () => {
    const from = writeFiles({});
    const message = (): string => messageOf(() => convertDbtProject(input(from, join(from, 'out'))));
    expect(message().replace(from, '<folder>')).toMatchInlineSnapshot(
      `"no dbt_project.yml in <folder> [INIT_NOT_DBT]"`,
    );
    const refused = (text: string): string =>
      messageOf(() => convertDbtProject(input(writeFiles({ 'dbt_project.yml': text }), join(from, 'out'))));
    expect(refused('name: "x')).toMatchInlineSnapshot(`"dbt_project.yml:1:9: Missing closing "quote [INIT_NOT_DBT]"`);
    expect(refused('- name')).toMatchInlineSnapshot(`"dbt_project.yml: the file holds no keys [INIT_NOT_DBT]"`);
    expect(refused('version: 1')).toMatchInlineSnapshot(`"dbt_project.yml: the project has no name [INIT_NOT_DBT]"`);
  });

  test('a folder that holds something; nothing in it is touched and nothing is left beside it', () => {
    const out = join(writeFiles({ 'out/mine.txt': 'mine' }), 'out');
    const message = messageOf(() => convertDbtProject(input(writeFiles(SMALL), out)));
    expect(message.replace(out, '<folder>')).toMatchInlineSnapshot(`"<folder> is not empty [INIT_FOLDER_TAKEN]"`);
    expect(readFileSync(join(out, 'mine.txt'), 'utf8')).toBe('mine');
    expect(readdirSync(dirname(out))).toEqual(['out']);
    expect(existsSync(join(out, 'tickmark.yml'))).toBe(false);
  });
});
