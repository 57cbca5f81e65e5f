{{ config(materialized='table') }}
select 1.2345::numeric(10,4) as amount
