{{ config(materialized='ephemeral') }}
select id, doubled + 1 as plus from {{ ref('eph_a') }}
