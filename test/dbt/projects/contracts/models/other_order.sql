{{ config(materialized='table', tags=['kept']) }}
select 2.345 as amount, 'ab'::text as code, 7 as id, now()::date as day
