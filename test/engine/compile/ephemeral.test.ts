import { expect, test } from 'vitest';
import { compileMinimal } from './compile-minimal.ts';

const eph = "{{ config(materialized='ephemeral') }}";

test('an ephemeral model stands before the queries that refer to it, and before it those that it refers to', () => {
  const compiled = compileMinimal({
    base: `${eph}select 1 as id`,
    next: `${eph}with own as (select * from {{ ref('base') }}) select * from own -- the end`,
    x: `with a as (select * from {{ ref('next') }}), b as (select * from {{ ref('base') }}) select * from a, b`,
    y: `/* first */ with recursive t as (select * from {{ ref('base') }}) select * from t`,
    z: `select * from {{ ref('next') }}`,
  });
  expect(compiled.model('x').sql).toBe(`with "__dbt__cte__base" as (
select 1 as id
), "__dbt__cte__next" as (
with own as (select * from "__dbt__cte__base") select * from own -- the end
), a as (select * from "__dbt__cte__next"), b as (select * from "__dbt__cte__base") select * from a, b`);
  expect(compiled.model('y').sql).toBe(`/* first */ with recursive "__dbt__cte__base" as (
select 1 as id
), t as (select * from "__dbt__cte__base") select * from t`);
  expect(compiled.model('z').sql).toMatch(
    /^with "__dbt__cte__base" as \([\s\S]*"__dbt__cte__next" as \([\s\S]*\)\nselect \* from "__dbt__cte__next"$/,
  );
  expect(compiled.model('x').dependsOn.models).toEqual(['next', 'base']);
  expect(compiled.model('base').materialized).toBe('ephemeral');
});

test('a part of a query has an ephemeral model in brackets, and a relation is its query', () => {
  const compiled = compileMinimal({ base: `${eph}select 1 as id`, next: `${eph}select * from {{ ref('base') }}` });
  const place = { file: 'x.yml' };
  expect(compiled.render(`id in (select id from {{ ref('base') }})`, place).sql).toBe(`id in (select id from (
select 1 as id
))`);
  expect(compiled.render(`select id from {{ ref('base') }}`, place).sql).toBe(`with "__dbt__cte__base" as (
select 1 as id
)
select id from "__dbt__cte__base"`);
  expect(compiled.relation('next')).toBe(`(
with "__dbt__cte__base" as (
select 1 as id
)
select * from "__dbt__cte__base"
)`);
});

test('as of a past moment an ephemeral model stands before the query as any other', () => {
  const compiled = compileMinimal(
    { base: `${eph}select * from {{ source('till', 'sales') }}`, x: `select * from {{ ref('base') }}` },
    {},
    { asOf: { run: '7' } },
  );
  const query = compiled.render(`select * from {{ ref('x') }}`, { file: 'x.sql' });
  expect(compiled.standalone(query)).toBe(`with "base" as (
select * from "raw_till"."sales__as_of"(7)
),
"x" as (
select * from "base"
)
select * from (
select * from "x"
) as final`);
});
