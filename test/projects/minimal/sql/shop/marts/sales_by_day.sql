/* ---
description: What the shop took in on each day.
grain: one row per day with a sale
owner: shop audit
--- */
{{ config(materialized='table', published=True, tags=['daily']) }}

with sales as (

    select * from {{ ref('stg_sales') }}

),

final as (

    select
        sold_on,
        count(*) as sales,
        sum(amount) as amount,
        count(*) filter (where amount >= {{ var('large_sale') }}) as large_sales
    from sales
    group by sold_on

)

select * from final
