import { expect, test } from 'vitest';
import { readConfigCall } from '../../../engine/project/read-config-call.ts';

test.each([
  [`{{ config(severity='warn') }}`, { severity: 'warn' }, []],
  [`{{- config( limit = 10, enabled=False, where = none ) -}}`, { limit: 10, enabled: false, where: null }, []],
  [
    `{{ config(tags=['a', "b"], meta={'x': 1.5, 'y': [true]}) }}`,
    { tags: ['a', 'b'], meta: { x: 1.5, y: [true] } },
    [],
  ],
  [`{{ config(error_if='>10', warn_if = ">= 1 }}") }}`, { error_if: '>10', warn_if: '>= 1 }}' }, []],
  [`{{ config(name='it\\'s') }}`, { name: "it's" }, []],
  [`{{ config(severity=var('x', 'y'), limit=1) }}`, { limit: 1 }, ['severity']],
  [
    `{{ config(severity='a' ~ 'b', tags=[var('x')], limit=2, meta={'a': f(1, 2)}) }}`,
    { limit: 2 },
    ['severity', 'tags', 'meta'],
  ],
  [`{{ config() }}`, {}, []],
])('%s', (template, options, open) => {
  expect(readConfigCall(`-- first\n${template}\nselect 1`)).toMatchObject({ options, open, start: 9 });
});

test('where the call ends, the query begins', () => {
  const template = `{{ config(severity='warn') }}\nselect {{ 1 }}`;
  expect(template.slice(readConfigCall(template)!.end)).toBe('\nselect {{ 1 }}');
});

test('a template without one has none', () => {
  expect(readConfigCall('select {{ configure(1) }}')).toBeUndefined();
});
