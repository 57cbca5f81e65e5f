{{ config(materialized='table') }}
-- depends_on: {{ ref('parents') }}
select 99 as parent_id
