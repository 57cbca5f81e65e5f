{{ config(materialized='ephemeral') -}}
with x as (select * from {{ ref('eph_one') }} where amount >= {{ var('min_amount') }})
select * from x
