import { expect, test } from 'vitest';
import { sqlTokens } from '../../../engine/compile/sql-tokens.ts';
import { EngineError } from '../../../engine/errors.ts';
import { compileMinimal } from './compile-minimal.ts';

/** It is code where it stands raw as code, in a text, in a name or in a comment. */
const FOREIGN = `drop table t; '; drop table t; "; drop table t; */ drop table t`;
const AS_TEXT = `'drop table t; ''; drop table t; "; drop table t; */ drop table t'`;
const AS_NAME = `"drop table t; '; drop table t; ""; drop table t; */ drop table t"`;

/** The SQL of a template in which `v` is a foreign text; undefined when it was refused. */
function sqlOf(template: string): string | undefined {
  try {
    return compileMinimal(
      { x: `{% set v = env_var('NOTE') %}select 1, ${template}` },
      {
        'sql/macros/m.sql':
          '{% macro through(x) %}{{ return(x) }}{% endmacro %}{% macro text(x) %}{{ x }}{% endmacro %}',
      },
      { config: { env_vars: ['NOTE'] }, env: { NOTE: FOREIGN } },
    ).model('x').sql;
  } catch (error) {
    if (error instanceof EngineError && error.code === 'COMPILE_VAR') return undefined;
    throw error;
  }
}

/** Whether a word of the foreign text is code in the SQL. */
function becameCode(sql: string): boolean {
  return sqlTokens(sql).some(({ kind, text }) => kind === 'word' && /^(drop|table|t)$/i.test(text));
}

test('a control: the foreign text as code is found', () => {
  for (const around of ['v', "'v'", '"v"', '/* v */']) expect(becameCode(around.replace('v', FOREIGN))).toBe(true);
  expect(becameCode(`select 'drop table t', "drop table" -- drop table`)).toBe(false);
});

test('what keeps a foreign text takes a plain name only', () => {
  const of = (template: string) =>
    compileMinimal({ x: `select 1, ${template}` }, {}, { config: { env_vars: ['NOTE'] }, env: { NOTE: FOREIGN } });
  expect(() => of("{{ config(tags=[env_var('NOTE')]) }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:14: the text of env_var('NOTE') cannot be the option tags: it has other than letters, digits and _ . @ : - [COMPILE_VAR]]`,
  );
  expect(() => of("{{ api.Relation.create(schema=env_var('NOTE')) }}")).toThrowErrorMatchingInlineSnapshot(
    `[EngineError: sql/shop/marts/x.sql:1:27: the text of env_var('NOTE') cannot be a relation's schema: it has other than letters, digits and _ . @ : - [COMPILE_VAR]]`,
  );
});

test.each([
  '{{ v }}',
  '{{ v ~ "" }}',
  '{{ v | upper }}',
  '{{ v.replace("x", "y") }}',
  '{{ [v] | join(",") }}',
  '{{ "%s" | format(v) }}',
  '{{ text(v) }}',
  '{{ through(v) }}',
  '{{ modules.re.match(".*", v).group() }}',
  '{{ modules.re.match("(?P<a>.*)", v).groupdict().a }}',
  '{{ modules.re.search("d.*", v)[0] }}',
  '{{ modules.re.sub("x", "y", v) }}',
  '{{ modules.re.sub("x", v, "x") }}',
  '{{ modules.re.findall(".+", v)[0] }}',
  '{{ modules.re.compile(v).pattern }}',
  '{{ modules.re.compile(".+").findall(v) | first }}',
  '{{ fromjson(tojson([v]))[0] }}',
  '{{ fromyaml(toyaml({"a": v})).a }}',
  '{{ tojson(v) }}',
  '{{ zip([v], [1]) | first | first }}',
  '{{ set([v]) | first }}',
  '{{ modules.itertools.chain([v]) | first }}',
  '{{ dbt.dateadd("day", v, "x") }}',
  '{{ dbt.concat([v]) }}',
  '{{ dbt.string_literal(v) ~ v }}',
  '{{ dbt_utils.pivot("a", [v], quote_identifiers=false) }}',
  '{{ dbt_utils.pivot(v, ["a"]) }}',
  '{{ dbt_utils.slugify(v) }}',
  '{{ api.Relation.create(schema="s", identifier=v).quote(identifier=false) }}',
  '{{ api.Relation.create(schema="s", identifier=v).identifier }}',
  '{{ api.Column(v, "text").name }}',
  '{{ api.Column("a", v).data_type }}',
  '{{ config.get("nothing", v) }}',
  '{{ var("nothing_declared", v) }}',
  '{{ env_var("NOTE", v) }}',
  '{{ run_query(v) }}',
  '{{ adapter.quote(v) ~ v }}',
  '{% call statement("s") %}{{ v }}{% endcall %}{{ load_result("s") }}',
  '{% do config(meta={"a": v}) %}{{ config.get("meta").a }}',
  '{% do config(meta={"a": v}) %}{{ model.config.meta.a }}',
  '{% do config(tags=[v]) %}{{ model.tags[0] }}',
  '{% do store_result("s", response=v) %}{{ load_result("s").response }}',
  '{% set ns = namespace(a=v) %}{{ ns.a }}',
])('a foreign text does not become SQL by %s', (template) => {
  const sql = sqlOf(template);
  if (sql !== undefined) expect(becameCode(sql)).toBe(false);
});

test.each([
  ["'{{ v }}'", AS_TEXT],
  ['{{ literal(v) }}', AS_TEXT],
  ['{{ identifier(v) }}', AS_NAME],
  ['{{ adapter.quote(v) }}', AS_NAME],
  ['{{ dbt.string_literal(v) }}', AS_TEXT],
])('a foreign text is written whole by %s', (template, expected) =>
  expect(sqlOf(template)).toBe(`select 1, ${expected}`),
);
