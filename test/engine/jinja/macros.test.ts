import { expect, test } from 'vitest';
import { keywords } from '../../../engine/jinja/call.ts';
import { engineWith, render } from './jinja.ts';

test('a macro is a word of every template and of every other macro, whatever the order of their files', () => {
  const macros = {
    'a.sql': "{% macro sales() %}(select {{ total('amount') }} from {{ ref('stg_sales') }}){% endmacro %}",
    'b.sql': '{% macro total(column) %}sum({{ column }}){% endmacro %}',
  };
  expect(render('{{ sales() }}', macros)).toBe('(select sum(amount) from "shop"."stg_sales")');
});

test('return ends a macro at once and gives any value', () => {
  const macros = {
    'm.sql': `{% macro columns() %}text before{{ return(['a', 'b']) }}text behind{% endmacro %}
      {% macro nothing() %}{% do return(none) %}{% endmacro %}
      {% macro empty() %}{% do return() %}{% endmacro %}
      {% macro found(x) %}{% for i in [1, 2, 3] %}{% if i == x %}{% do return({'at': i}) %}{% endif %}{% endfor %}none{% endmacro %}
      {% macro through() %}{% do return(columns()) %}{% endmacro %}`,
  };
  expect(render('{% for c in columns() %}{{ c }};{% endfor %}', macros)).toBe('a;b;');
  expect(render('{{ nothing() is none }} {{ empty() is none }} {{ found(2).at }} {{ found(9) }}', macros)).toBe(
    'True True 2 none',
  );
  expect(render("{{ through() | join('+') }}", macros)).toBe('a+b');
});

test('return in the body of a call ends the macro that is called', () => {
  const macros = { 'm.sql': '{% macro around() %}before {{ caller() }} behind{% endmacro %}' };
  expect(render('[{% call around() %}{{ return(1) }}{% endcall %}]', macros)).toBe('[1]');
});

test("packages' macros are called by package and name; bare in their own package; dbt's are bare everywhere", () => {
  const macros = {
    'shop.sql':
      '{% macro own() %}own {{ dbt_utils.star() }} {{ shop.other() }}{% endmacro %}{% macro other() %}other{% endmacro %}',
    'dbt_utils:utils.sql':
      '{% macro star() %}star {{ _helper() }} {{ day() }}{% endmacro %}{% macro _helper() %}helper{% endmacro %}',
    'dbt:dbt.sql': '{% macro day() %}day{% endmacro %}',
  };
  expect(render('{{ own() }}', macros)).toBe('own star helper day other');
  expect(render('{{ dbt.day() }} {{ day() }} {{ dbt_utils._helper() }}', macros)).toBe('day day helper');
  expect(() => render('{{ star() }}', macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: no word 'star' [COMPILE_TEMPLATE]]`,
  );
  expect(() => render('{{ dbt_utils.sta() }}', macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:14: 'dbt_utils' has no 'sta'; did you mean 'star'? [COMPILE_TEMPLATE]]`,
  );
});

test("the project's macro goes before dbt's of the same name, a package's own before both", () => {
  const macros = {
    'shop.sql': '{% macro day() %}mine{% endmacro %}',
    'dbt:dbt.sql': '{% macro day() %}dbt{% endmacro %}',
    'pkg:pkg.sql': '{% macro day() %}pkg{% endmacro %}{% macro asks() %}{{ day() }}{% endmacro %}',
  };
  expect(render('{{ day() }} {{ dbt.day() }} {{ pkg.asks() }}', macros)).toBe('mine dbt pkg');
});

test('a package adds to a word of the same name', () => {
  const values = { dbt_utils: { star: () => 'built in', hash: () => 'hash' } };
  const macros = { 'dbt_utils:utils.sql': '{% macro star() %}from the file{% endmacro %}' };
  expect(render('{{ dbt_utils.star() }} {{ dbt_utils.hash() }}', macros, values)).toBe('from the file hash');
});

test('a macro can be found by its package and name, and called with keywords', () => {
  const engine = engineWith({
    'm.sql':
      '{% macro cents(a, places=2) %}{{ a }}:{{ places }}{% endmacro %}{% test positive(model, column_name) %}{{ model }}.{{ column_name }}{% endtest %}',
    'pkg:p.sql': '{% macro cents(a) %}pkg {{ a }}{% endmacro %}',
  });
  expect(engine.macroNames('shop')).toEqual(['cents', 'test_positive']);
  expect(engine.macro('shop', 'cents')?.('x', keywords({ places: 4 }))).toBe('x:4');
  expect(engine.macro('pkg', 'cents')?.('x')).toBe('pkg x');
  expect(engine.macro('shop', 'test_positive')?.(keywords({ model: 'm', column_name: 'c' }))).toBe('m.c');
  expect(engine.macro('shop', 'dime')).toBeUndefined();
  expect(engine.macro('nobody', 'cents')).toBeUndefined();
  expect(() => engine.macro('shop', 'cents')?.(1, 2, 3)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: m.sql:1:10: macro 'cents' takes a, places, and is given 3 by position [COMPILE_TEMPLATE]]`,
  );
});

test('every call of a macro is heard, and may be answered instead', () => {
  const heard: string[] = [];
  const engine = engineWith(
    {
      'm.sql': '{% macro a() %}a{{ b() }}{% endmacro %}{% macro b() %}b{% endmacro %}',
      'pkg:p.sql': '{% macro c() %}c{% endmacro %}',
    },
    {},
    {
      onMacro: (home, name) => {
        heard.push(`${home}.${name}`);
        return name === 'c' ? { value: 'set' } : undefined;
      },
    },
  );
  expect(engine.parse('{{ a() }}{{ pkg.c() }}', { file: 'x.sql' }, []).render({})).toBe('abset');
  expect(heard).toEqual(['shop.a', 'shop.b', 'pkg.c']);
});

test('macros of another file can be imported by its path', () => {
  const macros = { 'sql/macros/money.sql': '{% macro cents(a) %}{{ a }}/100{% endmacro %}' };
  expect(render("{% import 'sql/macros/money.sql' as money %}{{ money.cents('x') }}", macros)).toBe('x/100');
  expect(render("{% from 'money.sql' import cents as c with context %}{{ c('x') }}", macros)).toBe('x/100');
  expect(() => render("{% import 'mony.sql' as money %}", { 'money.sql': '' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: no file of macros 'mony.sql'; did you mean 'money.sql'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => render("{% from 'money.sql' import dime %}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:9: money.sql has no macro 'dime' [COMPILE_TEMPLATE]]`,
  );
});

test('what a macro file sets outside of its macros is known in them, and made anew for each call', () => {
  const macros = {
    'm.sql': "{% set list = ['a'] %}{% macro m() %}{% do list.append('b') %}{{ list | join }}{% endmacro %}",
  };
  expect(render('{{ m() }} {{ m() }}', macros)).toBe('ab ab');
});

test("blocks of dbt's in a macro file that are no macros are left to others", () => {
  const file = `{% materialization odd, default %}{% if x %}{{ not closed }}{% endmaterialization %}{% docs d %}it's {{ {% enddocs %}
{% macro m() %}{{ missing }}{% endmacro %}`;
  expect(() => render('{{ m() }}', { 'm.sql': file })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: m.sql:2:19: no word 'missing' (in macro m, called at x.sql:1:4) [COMPILE_TEMPLATE]]`,
  );
});

test('parameters may say their types', () => {
  expect(render('{% macro f(a: str, b: dict[str, list[int]] = {}) %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}')).toBe(
    '1{}',
  );
});

test('what goes wrong in a macro is told there, with the way to it', () => {
  const macro = (template: string) => () => render("select\n{{ broken('x') }}", { 'sql/macros/broken.sql': template });
  expect(macro('{% macro broken(a) %}\n{{ b_c }}{% endmacro %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:4: no word 'b_c' (in macro broken, called at x.sql:2:4) [COMPILE_TEMPLATE]]`,
  );
  expect(macro('{% macro broken(a) %}\n{{ a.b }}{% endmacro %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:1: 'a' has no 'b' (in macro broken, called at x.sql:2:4) [COMPILE_TEMPLATE]]`,
  );
  expect(macro("{% macro broken(a) %}\n{{ ref('stg_sale') }}{% endmacro %}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:4: no model 'stg_sale' (in macro broken, called at x.sql:2:4) [COMPILE_UNKNOWN_REF]]`,
  );
  expect(
    macro('{% macro broken(a) %}\n{{ inner(a) }}{% endmacro %}\n{% macro inner(a) %}{{ a + 1 }}{% endmacro %}'),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:3:26: + does not go between text and an integer (in macro inner, called at sql/macros/broken.sql:2:4, in macro broken, called at x.sql:2:4) [COMPILE_TEMPLATE]]`,
  );
  expect(macro('{% macro broken(a) %}\n{{ a }')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/macros/broken.sql:2:6: unexpected } [COMPILE_TEMPLATE]]`,
  );
  expect(macro('{% macro broken(a) %}{{ broken(a) }}{% endmacro %}')).toThrow(
    /macros call each other without an end \(in macro broken/,
  );
});

test('arguments that do not fit are told where the macro is called', () => {
  const macros = { 'm.sql': '{% macro cents(amount, places=2) %}{% endmacro %}{% macro none_() %}{% endmacro %}' };
  expect(() => render("a\n{{ cents('x', palces=3) }}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:4: macro 'cents' has no argument 'palces'; did you mean 'places'? [COMPILE_TEMPLATE]]`,
  );
  expect(() => render("{{ cents('x', 2, 3) }}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: macro 'cents' takes amount, places, and is given 3 by position [COMPILE_TEMPLATE]]`,
  );
  expect(() => render('{{ none_(1) }}', macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: macro 'none_' takes nothing, and is given 1 by position [COMPILE_TEMPLATE]]`,
  );
  expect(() => render("{{ cents('x', amount=3) }}", macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: macro 'cents' is given amount twice [COMPILE_TEMPLATE]]`,
  );
  expect(() => render('{% call cents(1) %}{% endcall %}', macros)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:9: macro 'cents' cannot be used in {% call %}: it never speaks of caller [COMPILE_TEMPLATE]]`,
  );
});

test('two macros of one name, or one that hides a word, are refused', () => {
  expect(() =>
    render('1', { 'a.sql': '{% macro m() %}{% endmacro %}', 'b.sql': '\n{% macro m() %}{% endmacro %}' }),
  ).toThrowErrorMatchingInlineSnapshot(`[EngineError: b.sql:2:10: a macro 'm' is also in a.sql [COMPILE_TEMPLATE]]`);
  expect(() => render('1', { 'b.sql': '{% macro ref(a) %}{% endmacro %}' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: b.sql:1:10: 'ref' is a word of every template; name the macro otherwise [COMPILE_TEMPLATE]]`,
  );
  expect(() => render('1', { 'b.sql': '{% macro return(a) %}{% endmacro %}' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: b.sql:1:10: 'return' is a word of every template; name the macro otherwise [COMPILE_TEMPLATE]]`,
  );
});

test('a word that may be replaced is, in templates and macros', () => {
  const engine = engineWith(
    { 'm.sql': '{% macro ref(name) %}my_{{ name }}{% endmacro %}' },
    {},
    { replaceable: new Set(['ref']) },
  );
  expect(engine.parse("{{ ref('orders') }}", { file: 'x.sql' }, []).render({})).toBe('my_orders');
});
