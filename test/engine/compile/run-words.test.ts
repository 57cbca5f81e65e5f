import { expect, test } from 'vitest';
import { compileMinimal } from './compile-minimal.ts';

const sql = (template: string): string =>
  compileMinimal(
    { x: `{{ config(tags=['t'], meta={'m': 1}) }}${template}` },
    {},
    {
      runClock: '2026-01-31T08:00:00Z',
      invocationId: 'abc',
      target: { name: 'dev', database: 'db', threads: 2 },
      flags: { fullRefresh: true, which: 'run' },
    },
  ).model('x').sql;

test.each([
  ['{{ run_started_at }}', '2026-01-31 08:00:00+00:00'],
  ["{{ run_started_at.strftime('%Y%m%d') }} {{ run_started_at.date() }}", '20260131 2026-01-31'],
  ['{{ (run_started_at - modules.datetime.timedelta(days=3)).date() }}', '2026-01-28'],
  ["{{ run_started_at.astimezone(modules.pytz.timezone('Europe/Berlin')).isoformat() }}", '2026-01-31T09:00:00+01:00'],
  [
    "{{ modules.datetime.datetime.strptime('2026-02-01', '%Y-%m-%d') > modules.datetime.datetime(2026, 1, 1) }}",
    'True',
  ],
  ["{{ modules.re.match('s.*', 'shop').group() }} {{ modules.re.sub('[aeiou]', '', 'ledger') }}", 'shop ldgr'],
  ["{% for a, b in modules.itertools.product(['x', 'y'], [1, 2]) %}{{ a }}{{ b }} {% endfor %}", 'x1 x2 y1 y2'],
  ['{{ invocation_id }} {{ dbt_version }} {{ project_name }}', 'abc 1.11.0 minimal'],
  [
    '{{ target.name }} {{ target.schema }} {{ target.type }} {{ target.database }} {{ target.threads }}',
    'dev shop postgres db 2',
  ],
  ['{{ flags.FULL_REFRESH }} {{ flags.WHICH }} {{ should_full_refresh() }} {{ execute }}', 'True run True True'],
  ['{{ this }} {{ this.schema }} {{ this.identifier }} {{ this.name }} {{ this.table }}', '"shop"."x" shop x x x'],
  [
    '{{ model.name }} {{ model.unique_id }} {{ model.tags }} {{ model.meta.m }} {{ model.config.materialized }}',
    "x model.minimal.x ['t'] 1 table",
  ],
  [
    "{{ graph.nodes.values() | selectattr('resource_type', 'equalto', 'model') | map(attribute='name') | list }}",
    "['sales_by_day', 'stg_sales', 'x']",
  ],
  ["{{ graph.sources.values() | map(attribute='name') | list }}", "['sales']"],
  [
    "{{ tojson({'a': [1, none, true], 'b': 'ü'}) }} {{ fromjson('[1, 2]')[1] }}",
    '{"a": [1, null, true], "b": "\\u00fc"} 2',
  ],
  ["{{ fromyaml('a: [1, 2]').a }} {{ toyaml({'a': 1}) }}", '[1, 2] a: 1'],
  ["{{ set([1, 2, 1]) | list }} {{ zip([1, 2], ['a', 'b']) | list }}", "[1, 2] [[1, 'a'], [2, 'b']]"],
  ["{{ local_md5('a') }}", '0cc175b9c0f1b6a831c399e269772661'],
  ["{{ log('x', info=True) }}{{ print('x') }}{% do log('y') %}1", '1'],
  [
    "{{ adapter.quote('a') }} {{ api.Relation.create(schema='a', identifier='b') }} {{ adapter.type() }}",
    '"a" "a"."b" postgres',
  ],
  ["{{ builtins.ref('stg_sales').include(schema=false) }}", '"stg_sales"'],
])('%s writes %s', (template, expected) => expect(sql(template)).toBe(expected));

test.each([
  "{{ exceptions.raise_compiler_error('no such region') }}",
  '{{ modules.datetime.datetime.now() }}',
  "{{ modules.pytz.timezone('Mars') }}",
  "{% call statement() %}{% endcall %}{{ statement('x') }}",
  '{{ ref(1) }}',
  "{{ source('till') }}",
  "{{ var('a', 'b', 'c') }}",
  '{{ set_strict(1) }}',
])('%s is refused', (template) => {
  let message: unknown;
  try {
    sql(`select 1\n, ${template}`);
  } catch (error) {
    message = error;
  }
  expect({ template, message }).toMatchSnapshot();
});

test('what is not known of the run is not made up', () => {
  expect(() => compileMinimal({ x: 'select {{ run_started_at }}' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:11: run_started_at is not known here; give it with --run-clock [COMPILE_TEMPLATE]]`,
  );
  expect(() => compileMinimal({ x: 'select {{ invocation_id }}' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:11: invocation_id is not known here: nothing is being run [COMPILE_TEMPLATE]]`,
  );
});

test('what templates tell goes to who listens', () => {
  const told: string[] = [];
  compileMinimal(
    { x: "{% do log('hello', info=True) %}{% do exceptions.warn('careful') %}select 1" },
    {},
    { log: (message) => told.push(message) },
  );
  expect(new Set(told)).toEqual(new Set(['hello', 'careful']));
});
