{{ config(materialized='table') }}
select now() as day, 1::bigint as id
