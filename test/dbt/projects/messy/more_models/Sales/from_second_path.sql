{{ config(materialized="incremental", unique_key=['id'], incremental_strategy='delete+insert') }}
select id, max(amount) as amount from {{ ref('STG_Payments') }}
{% if is_incremental() %} where id > (select max(id) from {{ this }}) {% endif %}
group by id
