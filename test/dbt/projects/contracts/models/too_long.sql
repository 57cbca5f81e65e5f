{{ config(materialized='table') }}
select 'abcdef' as code
