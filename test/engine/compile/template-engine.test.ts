import { expect, test } from 'vitest';
import { compileMinimal } from './compile-minimal.ts';

const sql = (template: string, macros: Readonly<Record<string, string>> = {}) =>
  compileMinimal({}, macros).render(template, { file: 'x.sql' }).sql;

test('loops, conditions, variables of its own and local macros work', () => {
  expect(sql('{% for n in [1, 2] %}{{ n }}{{ "," if not loop.last }}{% endfor %}')).toBe('1,2');
  expect(sql('{% set n = 3 %}{% if n > 2 %}{{ n }}{% else %}0{% endif %}')).toBe('3');
  expect(sql('{% macro twice(a, by=2) %}{{ a }}*{{ by }}{% endmacro %}{{ twice("x") }}')).toBe('x*2');
  expect(sql('{% raw %}{{ as it is }}{% endraw %}')).toBe('{{ as it is }}');
});

test('True, False and None are the words they are in Jinja', () => {
  expect(sql('{{ 1 if True and not False }} {{ 2 if None is none }}')).toBe('1 2');
});

test('syntax errors are told with file, line and column', () => {
  expect(() => sql('select 1\n  {% fro x in y %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:6: no tag 'fro' can stand here [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('select 1\n\n{{ a b }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:3:6: expected }} [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('select 1\n{{ }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:4: unexpected '}}' [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("select 1\n{{ ref('stg_sales' }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:20: expected comma after expression [COMPILE_TEMPLATE]]`,
  );
});

test('what is not closed is told at the end of the file', () => {
  expect(() => sql('select 1\n{% if true %}\nx\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:3:2: expected elif, else, or endif, got end of file [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("select 1\n{{ ref('stg_sales')\n")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:20: expected }} [COMPILE_TEMPLATE]]`,
  );
});

test('a name that nobody defines is told, also where it would not be written out', () => {
  expect(() => sql('select 1\nfrom {{ orders }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:9: no word 'orders' [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('{% if is_incremental %}x{% endif %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:7: no word 'is_incremental' [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("{{ reff('stg_sales') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: no word 'reff'; did you mean 'ref'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("{{ 'a' | uper }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: no filter 'uper'; did you mean 'upper'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('{{ 1 if 1 is evn }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:14: no test 'evn'; did you mean 'even'? [COMPILE_TEMPLATE]]`,
  );
});

test('a value that is not there, or is no text, is never written out', () => {
  expect(() => sql('select\n  {{ target.nmae }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:3: this has no value [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('select\n  {{ None }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:3: this has no value [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('select {{ ref }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: this cannot be written as SQL [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('select {{ target }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: this cannot be written as SQL [COMPILE_TEMPLATE]]`,
  );
});

test('a template reaches no JavaScript, no other file and no chance', () => {
  expect(() => sql("{{ range.constructor('return process')() }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: 'constructor' is not for templates [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("{{ range['const' + 'ructor']('return process')() }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:29: 'constructor' is not for templates [COMPILE_TEMPLATE]]`,
  );
  expect(() =>
    sql("{% set key = 'constructor' %}{{ ref[key]('return process')() }}"),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:41: 'constructor' is not for templates [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql("{% include '/etc/passwd' %}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: a template is one file; what several share is a macro in sql/macros/ [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('{{ [1, 2] | random }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:13: no filter 'random' [COMPILE_TEMPLATE]]`,
  );
});

test('a macro is a word of every template and of every other macro, whatever the order of their files', () => {
  const macros = {
    'sql/macros/a.sql': "{% macro sales() %}(select {{ total('amount') }} from {{ ref('stg_sales') }}){% endmacro %}",
    'sql/macros/b.sql': '{% macro total(column) %}sum({{ as_amount(column) }}){% endmacro %}',
  };
  expect(compileMinimal({}, macros).render('{{ sales() }}', { file: 'x.sql' })).toEqual({
    sql: '(select sum(cast("amount" as numeric(18, 2))) from "shop_staging"."stg_sales")',
    dependsOn: { models: ['stg_sales'], sources: [] },
  });
});

test('a macro that begins with _ is known in its own file only', () => {
  const macros = {
    'sql/macros/a.sql': '{% macro _half(a) %}{{ a }}/2{% endmacro %}{% macro half(a) %}{{ _half(a) }}{% endmacro %}',
  };
  expect(sql("{{ half('x') }}", macros)).toBe('x/2');
  expect(() => sql("{{ _half('x') }}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: no word '_half'; did you mean 'half'? [COMPILE_TEMPLATE]]`,
  );
});

test("a macro's own errors stand in its file", () => {
  const macro = (template: string) => () => sql("select\n{{ broken('x') }}", { 'sql/macros/broken.sql': template });
  expect(macro('{% macro broken(a) %}\n{{ b }}{% endmacro %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:4: no word 'b' [COMPILE_TEMPLATE]]`,
  );
  expect(macro('{% macro broken(a) %}\n{{ a.b }}{% endmacro %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:1: this has no value [COMPILE_TEMPLATE]]`,
  );
  expect(macro("{% macro broken(a) %}\n{{ ref('stg_sale') }}{% endmacro %}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:4: no model 'stg_sale'; did you mean 'stg_sales'? [COMPILE_UNKNOWN_REF]]`,
  );
  expect(macro('{% macro broken(a) %}\n{{ a }')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:6: expected }} [COMPILE_TEMPLATE]]`,
  );
});

test('what a macro is given wrongly is told where it is called', () => {
  const macros = { 'sql/macros/from.sql': '{% macro from_model(name) %}\nfrom {{ ref(name) }}{% endmacro %}' };
  expect(() => sql("select *\n  {{ from_model('stg_sale') }}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:6: no model 'stg_sale'; did you mean 'stg_sales'? [COMPILE_UNKNOWN_REF]]`,
  );
});

test('two macros of one name, or one that hides a word, are refused', () => {
  expect(() =>
    sql('1', { 'sql/macros/b.sql': '{% macro as_amount(a) %}{% endmacro %}' }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/b.sql:1:10: a macro 'as_amount' is also in sql/macros/as_amount.sql [COMPILE_TEMPLATE]]`,
  );
  expect(() => sql('1', { 'sql/macros/b.sql': '{% macro ref(a) %}{% endmacro %}' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/b.sql:1:10: 'ref' is a word of every template; name the macro otherwise [COMPILE_TEMPLATE]]`,
  );
});
