{{
    config(
        materialized='incremental',
        unique_key='ordered_at',
        on_schema_change='append_new_columns'
    )
}}

select
    ordered_at,
    count(*) as orders,
    sum(order_total) as order_total,
    {{ dbt.datediff("'" ~ var('first_day') ~ "'::date", 'ordered_at', 'day') }} as day_number

from {{ ref('stg_orders') }}

{% if is_incremental() %}

    where ordered_at >= (select coalesce(max(ordered_at), '1900-01-01') from {{ this }})

{% endif %}

group by 1, 4
