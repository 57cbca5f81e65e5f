import { expect, test } from 'vitest';
import { guard, plainOf } from '../../../engine/jinja/guarded.ts';
import { trust } from '../../../engine/jinja/callable.ts';
import { sqlWith, render, place } from './jinja.ts';

const vars = {
  text: "it's",
  word: 'abc',
  number: 5,
  negative: -3,
  half: 0.5,
  amount: { decimal: '12345678901234567890.10' },
  flag: true,
  off: false,
  list: ['a', "b'c"],
  none: null,
};
const sql = (template: string, macros: Readonly<Record<string, string>> = {}): string =>
  sqlWith(template, vars, macros);
const refused =
  (template: string, macros: Readonly<Record<string, string>> = {}) =>
  () =>
    sql(template, macros);

test('templates decide, compare and calculate with guarded values as with plain ones', () => {
  expect(sql("{{ 'y' if var('flag') and not var('off') else 'n' }}")).toBe('y');
  expect(sql("{{ 'y' if var('text') == \"it's\" and var('number') == 5 and var('number') < 6.5 }}")).toBe('y');
  expect(sql("{{ 'y' if var('word') in ['abc'] and 'b' in var('word') and var('number') in [5] }}")).toBe('y');
  expect(sql("{{ {'abc': 1}[var('word')] }}{{ {5: 'x'}.get(var('number')) }}{{ ['a', 'b'][var('flag')] }}")).toBe(
    '1xb',
  );
  expect(
    sql(
      "{{ var('text') is string }} {{ var('number') is integer }} {{ var('half') is float }} {{ var('list') is sequence }}",
    ),
  ).toBe('True True True True');
  expect(
    sql(
      "{{ var('text') | length }} {{ var('list') | length }} {{ var('none') is none }} {{ var('word').startswith('a') }}",
    ),
  ).toBe('4 2 True True');
  expect(
    sql("{% for x in var('list') %}{{ loop.index }}{% endfor %}{% if var('list') == ['a', \"b'c\"] %}same{% endif %}"),
  ).toBe('12same');
});

test('numbers and booleans are SQL as they are, a decimal digit by digit', () => {
  expect(sql("{{ var('number') }} {{ var('half') }} {{ var('amount') }} {{ var('flag') }}")).toBe(
    '5 0.5 12345678901234567890.10 true',
  );
  expect(
    sql("{{ var('number') + 1 }} {{ var('number') / 2 }} {{ var('number') | string }} {{ '%d' % var('number') }}"),
  ).toBe('6 2.5 5 5');
  expect(
    sql(
      "t_{{ var('number') }} {{ '%.2f' | format(var('number')) }} {{ '{:05d}'.format(var('number')) }} {{ var('half') | round }}",
    ),
  ).toBe('t_5 5.00 00005 0.0');
});

test('a negative number behind a minus stands in brackets, where -- would begin a comment', () => {
  expect(
    sql(
      "1 -{{ var('negative') }} - {{ var('negative') }} {{ -var('number') }} -{{ -var('number') }} -{{ var('number') }}",
    ),
  ).toBe('1 -(-3) - -3 -5 -(-5) -5');
  expect(sql("{% for i in range(var('negative'), -1) %}-{{ i }}{% endfor %}")).toBe('-(-3)-(-2)');
});

test('inside of quotes a text is what the quotes hold', () => {
  expect(sql("'{{ var('text') }}' '%{{ var('text') ~ '%' }}' \"{{ var('text') }}\"")).toBe(
    "'it''s' '%it''s%' \"it's\"",
  );
  expect(sql("'{{ var('list') | join(\"', '\") }}'")).toBe("'a', 'b''c'");
  expect(sql("('{{ \"','\".join(var('list')) }}')")).toBe("('a','b''c')");
  expect(sql("'{{ var('text').upper() }}{{ var('text')[0] }}{{ var('text') | replace('t', 'T') }}'")).toBe(
    "'IT''SiiT''s'",
  );
});

test('a text in code position is refused at the print that wrote it', () => {
  expect(refused("select 1\n  from {{ var('word') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:8: the text of var('word') would become SQL here; use literal(var('word')) or identifier(var('word')) [COMPILE_VAR]]`,
  );
  expect(refused("{{ 'a' ~ var('word') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:1: the text of var('word') would become SQL here; use literal(var('word')) or identifier(var('word')) [COMPILE_VAR]]`,
  );
  expect(refused("{% set q = 'order by ' ~ var('word') %}\n\nselect 1 {{ q }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:3:10: the text of var('word') would become SQL here; use literal(var('word')) or identifier(var('word')) [COMPILE_VAR]]`,
  );
  expect(
    refused("{{ wrap(var('word')) }}", { 'm.sql': '{% macro wrap(x) %}\n  ({{ x }}){% endmacro %}' }),
  ).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: m.sql:2:4: the text of var('word') would become SQL here; use literal(var('word')) or identifier(var('word')) [COMPILE_VAR]]`,
  );
});

test('no filter, method or operator takes the guard off', () => {
  const ways = [
    "{{ var('word') | upper }}",
    "{{ var('word') | trim }}",
    "{{ var('word') | string }}",
    "{{ var('word') | safe }}",
    "{{ var('word') | list | join }}",
    "{{ var('word') | first }}",
    "{{ var('word') | reverse }}",
    "{{ var('word') | tojson }}",
    "{{ {'a': [var('word')]} | tojson }}",
    "{{ var('word') | default('x') }}",
    "{{ [var('word')] | map('upper') | first }}",
    "{{ [var('word')] | sort | max }}",
    "{{ [var('word')] | groupby(0) | map(attribute='grouper') | first }}",
    "{{ 'x' | replace('x', var('word')) }}",
    "{{ 'x'.replace('x', var('word')) }}",
    "{{ '%s' % var('word') }}",
    "{{ '%5s' | format(var('word')) }}",
    "{{ '%(x)s' % {'x': var('word')} }}",
    "{{ '{}'.format(var('word')) }}",
    "{{ '{:>9}'.format(var('word')) }}",
    "{{ '{x}'.format(x=var('word')) }}",
    "{{ var('word').upper() }}",
    "{{ var('word').split('b')[0] }}",
    "{{ var('word').partition('b') | first }}",
    "{{ (var('word') ~ ',x').split(',')[0] }}",
    "{{ ('x' ~ var('word'))[1:] }}",
    "{{ ('x' ~ var('word'))[1] }}",
    "{{ var('word') * 2 }}",
    "{{ var('word') + '' }}",
    "{% set x %}{{ var('word') }}{% endset %}{{ x }}",
    "{% filter lower %}{{ var('word') }}{% endfilter %}",
    "{% for x in var('word') %}{{ x }}{% endfor %}",
    "{% for x in 'x' ~ var('word') %}{{ x }}{% endfor %}",
    "{% for x in {var('word'): 1} %}{{ x }}{% endfor %}",
    "{{ {'a': var('word')}.values() | first }}",
    "{{ dict(a=var('word')).a }}",
    "{% set ns = namespace(a=var('word')) %}{{ ns.a }}",
    "{% macro m(x) %}{{ return(x) }}{% endmacro %}{{ m(var('word')) }}",
    "{% macro m() %}{{ caller() }}{% endmacro %}{% call m() %}{{ var('word') }}{% endcall %}",
    "{{ {'a b': var('word')} | urlencode }}",
    "{{ [var('word')] | batch(1) | first | first }}",
    "{{ var('word') or 'x' }}",
    "{{ var('word') if true }}",
    "{{ cycler(var('word')).next() }}",
    "{{ plain_word(var('word')) }}",
    "{{ plain_word([var('word')]) }}",
    "{{ ('x' ~ var('word')) | indent | wordwrap(2) | truncate(3) | center(9) | title }}",
  ];
  const words = { plain_word: (x: unknown) => String(plainOf(x)), var: (name: string) => guard('abc', name) };
  const through = ways.filter((way) => {
    try {
      place(render(way, {}, words));
      return true;
    } catch (error) {
      if (error instanceof Error && error.message.includes('would become SQL here')) return false;
      throw new Error(`${way}: ${String(error)}`, { cause: error });
    }
  });
  expect(through).toEqual([]);
  // The control: the same with a value of the project's own passes.
  expect(ways.every((way) => place(render(way, {}, { ...words, var: () => 'abc' })) !== '')).toBe(true);
});

test('text around guarded values stays SQL when it is trimmed, indented, split or changed', () => {
  const query = "{% set q %}\n  select '{{ var('text') }}' as a,\n  {{ var('number') }} as b\n{% endset %}";
  expect(sql(`${query}{{ q | trim }}`)).toBe("select 'it''s' as a,\n  5 as b");
  expect(sql(`${query}{{ q.strip() | indent(1) }}`)).toBe("select 'it''s' as a,\n   5 as b");
  expect(sql(`${query}{{ q.strip().splitlines()[1] }}`)).toBe('  5 as b');
  expect(sql(`${query}{{ q | replace('\\n', ' ') | trim }}`)).toBe("select 'it''s' as a,   5 as b");
  expect(sql(`${query}{{ q | trim | upper }}`)).toBe("SELECT 'IT''S' AS A,\n  5 AS B");
});

test('literal and identifier make SQL of a guarded value', () => {
  expect(sql("{{ literal(var('text')) }} {{ identifier(var('word')) }} {{ literal('%' ~ var('text')) }}")).toBe(
    "'it''s' \"abc\" '%it''s'",
  );
});

test('a word that is trusted gives SQL', () => {
  const quote = (value: unknown): string => `"${String(plainOf(value))}"`;
  trust(quote);
  expect(place(render("{{ quote(var('x')) }}", {}, { quote, var: () => guard('abc', 'x') }))).toBe('"abc"');
});

test('a value that cannot be guarded is refused', () => {
  expect(() => guard('a\u{FDD1}', 'x')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: var('x') has a character that no text has (U+FDD0 to U+FDEF)]`,
  );
  expect(() => guard('12,5', 'x', 'number')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: var('x') is not a finite decimal number]`,
  );
  expect(() => guard(Number.NaN, 'x')).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: var('x') is not a finite decimal number]`,
  );
  expect(() => guard(new Map(), "env_var('X')")).toThrowErrorMatchingInlineSnapshot(
    `[RangeError: env_var('X') is neither text, number, boolean, list nor dict]`,
  );
});
