{{ config(materialized='incremental', unique_key='id', on_schema_change='append_new_columns', tags=['kept']) }}
select id, name, 1.005 as rate from {{ ref('parents') }}
