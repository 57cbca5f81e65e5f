import { expect, test } from 'vitest';
import { findBlocks } from '../../../engine/jinja/find-blocks.ts';

const found = (text: string) => findBlocks(text).map(({ kind, name }) => `${kind} ${name}`);

test('a block comes with its name, its body and its place', () => {
  const text = '-- a\n  {%- snapshot orders_history -%}\nselect 1\n{% endsnapshot %} rest';
  expect(findBlocks(text)).toEqual([
    {
      kind: 'snapshot',
      name: 'orders_history',
      header: 'orders_history',
      body: '\nselect 1\n',
      line: 2,
      column: 3,
      bodyLine: 2,
      bodyColumn: 34,
      start: 7,
      end: 65,
    },
  ]);
  expect(text.slice(7, 65)).toBe('{%- snapshot orders_history -%}\nselect 1\n{% endsnapshot %}');
});

test('every kind is found, with what its tag says', () => {
  const text = `{% macro cents(column, sep='%}') %}x{% endmacro %}
{% test positive(model, column_name) %}y{% endtest %}{% data_test even(model) %}{% enddata_test %}
{% docs orders %}it's {% if %} "here {{{% enddocs %}
{% materialization insert_only, adapter='postgres' %}{% if a %}{% endif %}{% endmaterialization %}`;
  expect(findBlocks(text).map(({ kind, name, header, body }) => [kind, name, header, body])).toEqual([
    ['macro', 'cents', "cents(column, sep='%}')", 'x'],
    ['test', 'positive', 'positive(model, column_name)', 'y'],
    ['test', 'even', 'even(model)', ''],
    ['docs', 'orders', 'orders', 'it\'s {% if %} "here {{'],
    ['materialization', 'insert_only', "insert_only, adapter='postgres'", '{% if a %}{% endif %}'],
  ]);
});

test('comments, raw parts and quotes hide what looks like a block', () => {
  expect(found('{# {% macro a() %}{% endmacro %} #}{% macro b() %}{% endmacro %}')).toEqual(['macro b']);
  expect(found('{% raw %}{% macro a() %}{% endmacro %}{% endraw %}{% macro b() %}{% endmacro %}')).toEqual(['macro b']);
  expect(found('{{ "{% macro a() %}" }}{% macro b() %}{{ "{% endmacro %}" }}{% endmacro %}')).toEqual(['macro b']);
  expect(found('{% set x = "{% macro a() %}" %}{% macro b() %}{# {% endmacro %} #}{% endmacro %}')).toEqual([
    'macro b',
  ]);
  expect(found('no tags at all, but % } { {')).toEqual([]);
});

test('a block in another is a part of it', () => {
  expect(found('{% snapshot s %}{% macro a() %}{% endmacro %}{% endsnapshot %}{% macro b() %}{% endmacro %}')).toEqual([
    'snapshot s',
    'macro b',
  ]);
});

test('a block that is not closed is told with its place', () => {
  const text = 'a\n {% snapshot s %}select 1';
  expect(() => findBlocks(text, { file: 'sql/shop/snapshots/s.sql' })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/snapshots/s.sql:2:2: {% snapshot %} is not closed: no {% endsnapshot %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(() => findBlocks(text)).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: {% snapshot %} is not closed: no {% endsnapshot %} follows, in line 2 [COMPILE_TEMPLATE]]`,
  );
});
