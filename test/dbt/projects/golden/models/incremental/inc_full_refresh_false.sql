{{ config(full_refresh=false, unique_key='id') }}
select id, kind from {{ ref('stg_facts') }}
