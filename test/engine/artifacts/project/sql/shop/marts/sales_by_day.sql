{{ config(materialized='incremental', unique_key='day', incremental_strategy='merge') }}
select sold_at::date as day, sum(amount) as total
from {{ ref('stg_sales') }}
{% if is_incremental() %}where sold_at::date >= (select max(day) from {{ this }}){% endif %}
group by 1
