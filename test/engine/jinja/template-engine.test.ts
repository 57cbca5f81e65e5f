import { expect, test } from 'vitest';
import { createTemplateEngine } from '../../../engine/jinja/template-engine.ts';
import { engineWith, render } from './jinja.ts';

const failing =
  (template: string, values: Readonly<Record<string, unknown>> = {}) =>
  () =>
    render(template, {}, values);

test('a template without tags is its own text', () => {
  expect(render("select '{' as a -- }} #}\n")).toBe("select '{' as a -- }} #}\n");
});

test('words are given dicts as objects, floats as numbers, and named arguments as a last object', () => {
  const heard: unknown[] = [];
  const word = (...given: unknown[]): string => {
    heard.push(...given);
    return '';
  };
  render("{{ word([{'a': {'b': 4 / 2}}], (1, 2), 3, x={'y': none}, z=true) }}", {}, { word });
  expect(heard).toEqual([[{ a: { b: 2 } }], [1, 2], 3, { x: { y: null }, z: true, __keywords: true }]);
});

test('a word is read when it is used, so it may be a getter', () => {
  let count = 0;
  const words = {
    get count() {
      return ++count;
    },
  };
  const template = createTemplateEngine(words).parse('{{ count }}', { file: 'x.sql' }, []);
  expect([template.render({}), template.render({})]).toEqual(['1', '2']);
});

test('words of one template are known to it, and to the macros it calls, only', () => {
  const engine = engineWith({ 'm.sql': '{% macro here() %}{{ this }}{% endmacro %}' });
  const template = engine.parse('{{ this }} {{ here() }}', { file: 'x.sql' }, ['this']);
  expect(template.render({ this: 'a' })).toBe('a a');
  expect(template.render({ this: 'b' })).toBe('b b');
  expect(() => engine.parse('{{ this }}', { file: 'x.sql' }, [])).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: no word 'this' [COMPILE_TEMPLATE]]`,
  );
});

test('objects that words give have their own members, methods with their owner, and nothing else', () => {
  class Relation {
    readonly schema = 'shop';
    get quoted(): string {
      return `"${this.schema}"`;
    }
    include(part: string): string {
      return `${this.schema}.${part}`;
    }
    toString(): string {
      return 'the relation';
    }
  }
  const values = { relation: new Relation() };
  expect(
    render("{{ relation.schema }} {{ relation.quoted }} {{ relation.include('x') }} {{ relation }}", {}, values),
  ).toBe('shop "shop" shop.x the relation');
  expect(render('{{ relation.hasOwnProperty is defined }}', {}, values)).toBe('False');
});

test('a word may have members of its own', () => {
  const config = Object.assign(() => '', { get: (key: string) => `got ${key}` });
  expect(render("{{ config() }}{{ config.get('x') }}", {}, { config })).toBe('got x');
});

test('syntax errors are told with file, line and column', () => {
  expect(failing('select 1\n  {% fro x in y %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:6: no tag 'fro' can stand here [COMPILE_TEMPLATE]]`,
  );
  expect(failing('select 1\n\n{{ a b }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:3:6: expected }}, found 'b' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('select 1\n{{ }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:4: unexpected '}}' [COMPILE_TEMPLATE]]`,
  );
  expect(failing("select 1\n{{ ref('stg_sales' }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:20: unexpected }, expected ) [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ ref('stg_sales') ")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:20: expected }}, found the end of the file [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'abc }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: the quote ' is not closed [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ a ? b : c }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:6: unexpected ? [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ [1, 2 }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: unexpected }, expected ] [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ x. }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:7: expected a name after the dot, found '}}' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ a[] }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:5: expected an index between [ and ], found '[' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ f(a=1, 2) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: a value without a name stands after one with a name [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ f(a=1, a=2) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: 'a' is given twice [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% for x of y %}{% endfor %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: expected 'in', found 'of' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% set 1 = 2 %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: expected a name, found '1' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% macro f(a=1, b) %}{% endmacro %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:17: parameter 'b' without a default stands after one with a default [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% call 5 %}{% endcall %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:9: {% call %} takes the call of a macro [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 1 is odd is even }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:13: one test cannot follow another; join them with and [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% break %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: break stands outside of a loop [COMPILE_TEMPLATE]]`,
  );
  expect(failing('a\u{FDD0}b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:2: a template cannot have the character U+FDD0 [COMPILE_TEMPLATE]]`,
  );
});

test('what is not closed is told where it begins', () => {
  expect(failing('select 1\n{% if true %}\nx\n')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:4: {% if %} is not closed: no {% endif %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% for x in [1] %}{% if x %}{% endif %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: {% for %} is not closed: no {% endfor %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% macro f() %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: {% macro %} is not closed: no {% endmacro %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% set x %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: {% set %} is not closed: no {% endset %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('a\n {# b')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:2: the comment {# is not closed: no #} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% raw %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:1: {% raw %} is not closed: no {% endraw %} follows [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% if true %}{% endfor %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:17: no tag 'endfor' can stand here: {% if %} of line 1 is still open [COMPILE_TEMPLATE]]`,
  );
});

test('a template inside of another file is told of by that file', () => {
  const parse = (text: string) => () =>
    engineWith().parse(text, { file: 'checks.yml', line: 7, column: 12 }, []).render({});
  expect(parse('a > {{ b }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks.yml:7:19: no word 'b' [COMPILE_TEMPLATE]]`,
  );
  expect(parse('a >\n {{ b }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: checks.yml:8:5: no word 'b' [COMPILE_TEMPLATE]]`,
  );
});

test('a name that nobody defines is told before anything is rendered', () => {
  expect(() =>
    engineWith().parse('select 1\nfrom {{ orders }}', { file: 'x.sql' }, []),
  ).toThrowErrorMatchingInlineSnapshot(`[EngineError: x.sql:2:9: no word 'orders' [COMPILE_TEMPLATE]]`);
  expect(failing('{% if is_incremental %}x{% endif %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:7: no word 'is_incremental' [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ reff('stg_sales') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: no word 'reff'; did you mean 'ref'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'a' | uper }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: no filter 'uper'; did you mean 'upper'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 1 if 1 is evn }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:14: no test 'evn'; did you mean 'even'? [COMPILE_TEMPLATE]]`,
  );
});

test('what is behind an if is judged when it is reached, as in Jinja', () => {
  expect(render('{% if false %}{{ of_another_adapter() | strange }}{% endif %}ok')).toBe('ok');
  expect(failing('{% if true %}\n{{ of_another_adapter() }}{% endif %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:4: no word 'of_another_adapter' [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{% if true %}\n{{ 'a' | strange }}{% endif %}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:10: no filter 'strange'; did you mean 'string'? [COMPILE_TEMPLATE]]`,
  );
  expect(render("{{ missing is defined }} {{ missing | default('d') }}")).toBe('False d');
});

test('a value that is not there is never written out', () => {
  expect(failing('select\n  {{ target.nmae }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:3: 'target' has no 'nmae'; did you mean 'name'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ target.other.more }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:1: 'target.other' has no value, so it has no 'more' [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% if false %}{% set a = 1 %}{% endif %}{{ a }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:41: 'a' has no value [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ target['x'] }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:1: 'target["x"]' has no value [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'a' ~ target.x }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:17: this has no value [COMPILE_TEMPLATE]]`,
  );
  expect(failing('select {{ ref }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: this cannot be written as SQL [COMPILE_TEMPLATE]]`,
  );
});

test('what goes wrong while rendering is told at its place', () => {
  expect(failing('{{ target.go() }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: 'target' has no 'go' [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'a'.uper() }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: this has no 'uper'; did you mean 'upper'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 5() }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: this cannot be called: it is an integer [COMPILE_TEMPLATE]]`,
  );
  expect(failing('x\n{{ 1 + "a" }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:6: + does not go between an integer and text [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 1 < "a" }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: an integer and text cannot be put in order [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 1 / 0 }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:6: division by zero [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ -"a" }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: text has no sign [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ 1 in "abc" }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: only a text can be in a text, not an integer [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ {[1]: 2} }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: a list cannot be a dict's key [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% for x in 5 %}{% endfor %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:13: an integer cannot be gone through; a list, a dict or a text can [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% set a, b = [1, 2, 3] %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:8: 2 names take a list of 3 apart [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{% set d = {} %}{% set d.x = 1 %}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:24: 'd' is no namespace; only a namespace's attributes can be set: set d = namespace() [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ ', '.join([1]) }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:9: join takes a list of texts, and one is an integer; map them with |string [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ '%s %s' % 'a' }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:12: there are fewer values than places for them [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ '{}{}'.format(1) }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:11: format has no value for {} [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ [].pop() }} {{ [1].index(2) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:7: the list is empty [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'a' | upper(1) }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: upper takes nothing [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ [1] | join(seperator='x') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: join has no argument 'seperator' [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ 'a' | replace }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: replace needs old [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ ['a'] | map('uper') | list }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:12: no filter 'uper'; did you mean 'upper'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing("{{ [1] | select('od') | list }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:10: no test 'od'; did you mean 'odd'? [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ range(100001) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: a range has at most 100000 numbers, not 100001 [COMPILE_TEMPLATE]]`,
  );
  expect(failing('{{ return(1) }}')).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:4: return() stands outside of a macro [COMPILE_TEMPLATE]]`,
  );
});

test('what a word refuses is told where it is named', () => {
  expect(failing("select *\nfrom {{ ref('stg_sale') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:2:9: no model 'stg_sale' [COMPILE_UNKNOWN_REF]]`,
  );
  const word = (): never => {
    throw new TypeError('this word is broken');
  };
  expect(failing('a {{ word() }}', { word })).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:6: this word is broken [COMPILE_TEMPLATE]]`,
  );
});

test('an error of a class of its own passes as it is', () => {
  class Wanted extends Error {}
  const word = (): never => {
    throw new Wanted('an answer');
  };
  expect(failing('{{ word() }}', { word })).toThrow(Wanted);
});

test('calls are told with their texts, and whether they are reached in any case', () => {
  const { calls } = engineWith().parse(
    "{{ ref('orders') }}{% if true %}{{ ref('stg_sales', v=1) }}{% endif %}{% macro m() %}{{ ref(x) }}{% endmacro %}",
    { file: 'x.sql' },
    [],
  );
  expect(calls).toEqual([
    { name: 'ref', line: 1, column: 4, texts: ['orders'], certain: true },
    { name: 'ref', line: 1, column: 36, texts: ['stg_sales'], certain: false },
    { name: 'ref', line: 1, column: 89, texts: [undefined], certain: false },
  ]);
});

test('a call that is wrong whatever its values is refused before it is rendered, when it is reached in any case', () => {
  const check = ({ name, texts }: { name: string; texts: readonly unknown[] }): void => {
    if (name === 'ref' && texts[0] === 'wrong') throw new Error('no such model');
  };
  const parse = (text: string) => () => engineWith({}, {}, { check }).parse(text, { file: 'x.sql' }, []);
  expect(parse("a {{ ref('wrong') }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:6: no such model [COMPILE_TEMPLATE]]`,
  );
  expect(parse("{% if var %}{{ ref('wrong') }}{% endif %}".replace('var', 'false'))).not.toThrow();
});

test('a rendering may forgive what has no value, as dbt does while it parses', () => {
  const template =
    "{{ result.columns[0].values() }}{% for x in result.rows %}x{% endfor %}{{ ref('orders') }}{{ unknown(ref('stg_sales')) }}|{{ 'a' ~ result.b }}";
  let forgives = true;
  const words = { result: null };
  const engine = engineWith({}, words, { forgives: () => forgives });
  const parsed = engine.parse(`{% if true %}${template}{% endif %}`, { file: 'x.sql' }, []);
  expect(parsed.render({})).toBe('"shop"."orders"|a');
  forgives = false;
  expect(() => parsed.render({})).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: x.sql:1:35: 'result.columns[0]' has no value, so it has no 'values' [COMPILE_TEMPLATE]]`,
  );
});

test('objects that are written alike are one key of a dict', () => {
  class Relation {
    toString(): string {
      return '"shop"."orders"';
    }
  }
  const values = { relation: () => new Relation() };
  expect(
    render('{% set d = {} %}{% do d.update({relation(): 1}) %}{{ d[relation()] }}{{ relation() in d }}', {}, values),
  ).toBe('1True');
});
