import { expect, test } from 'vitest';
import { render } from './jinja.ts';

/** Each would run code of ours or of JavaScript's if it got there. */
const ATTEMPTS: readonly string[] = [
  "{{ range.constructor('return process')() }}",
  "{{ ref.constructor('return process')() }}",
  "{{ ref['const' + 'ructor']('return process')() }}",
  "{% set key = 'constructor' %}{{ ref[key]('return process')() }}",
  "{{ 'a'.constructor.fromCharCode(65) }}",
  '{{ [].constructor }}',
  "{{ [].map('constructor') }}",
  "{{ [ref] | map(attribute='constructor') | first }}",
  "{{ ref | attr('constructor') }}",
  "{{ [ref] | map('attr', 'constructor') | list }}",
  "{{ '{0.constructor}'.format(ref) }}",
  "{{ '{0[constructor]}'.format(ref) }}",
  '{{ target.__proto__ }}',
  "{{ target['__pro' ~ 'to__'] }}",
  '{{ target.__defineGetter__ }}',
  '{{ ref.call(none) }}',
  '{{ ref.apply(none, []) }}',
  '{{ ref.bind(none)() }}',
  '{{ ref.toString() }}',
  '{{ [].toString() }}',
  '{{ target.hasOwnProperty("a") }}',
  '{{ target.valueOf() }}',
  '{{ process }}',
  '{{ globalThis }}',
  '{{ require("fs") }}',
  '{{ toString }}',
  '{{ hasOwnProperty }}',
  '{{ constructor }}',
  '{{ __proto__ }}',
  '{{ loop.constructor }}',
  '{% for x in [1] %}{{ loop.constructor }}{% endfor %}',
  '{% set ns = namespace() %}{{ ns.attributes }}',
  '{% set ns = namespace() %}{% set ns.constructor = 1 %}{{ ns.constructor }}',
  "{{ {}.get('constructor').name }}",
  "{{ {}['constructor'] }}",
  '{{ a"+process.exit()+"b }}',
  "{% include '/etc/passwd' %}",
  "{% extends '/etc/passwd' %}",
  "{% import '/etc/passwd' as x %}",
  '{{ [1, 2] | random }}',
  '{% block x %}{% endblock %}',
  "{{ ''.__class__.__mro__[1].__subclasses__() }}",
];

test('a template reaches no JavaScript, no file and no chance', () => {
  const reached = ATTEMPTS.filter((template) => {
    try {
      render(template);
      return true;
    } catch (error) {
      return !(error instanceof Error && error.message.endsWith('[COMPILE_TEMPLATE]'));
    }
  });
  expect(reached).toEqual([]);
});

test('the same expressions on what is there are no attempts', () => {
  expect(render("{{ 'a'.upper() }}{{ target.name }}{{ [ref] | length }}{{ '{0[name]}'.format(target) }}")).toBe(
    'Adev1dev',
  );
});

test('what a template says in a dict stays in it', () => {
  render("{% set d = {'__proto__x': 1} %}{% do d.update({'toString': 2}) %}{% do target.update({'extra': 3}) %}");
  expect(({} as Record<string, unknown>)['extra']).toBeUndefined();
  expect(render("{% set d = {} %}{% do d.update({'polluted': true}) %}{{ {}.get('polluted') }}")).toBe('None');
});

test('hidden members are refused by name and place', () => {
  expect(() => render("{{ range.constructor('x') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: 'constructor' is not for templates [COMPILE_TEMPLATE]]`,
  );
  expect(() => render("{% set key = 'constructor' %}\n{{ ref[key]('x') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:7: 'constructor' is not for templates [COMPILE_TEMPLATE]]`,
  );
});

test('a number too large to compute is refused at once', () => {
  expect(() => render('{{ 9 ** 99999999 }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:6: the exponent is above 10000 [COMPILE_TEMPLATE]]`,
  );
});
