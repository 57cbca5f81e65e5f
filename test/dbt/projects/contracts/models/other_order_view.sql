{{ config(materialized='view', tags=['kept']) }}
select 'ab' as code, 7 as id
