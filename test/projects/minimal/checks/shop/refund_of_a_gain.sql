/* ---
id: shop.refund_of_a_gain
title: Refunds take money out
dimension: accuracy
severity: error
grain: one row per refund that is not negative
population: stg_sales
--- */
with sales as (

    select * from {{ ref('stg_sales') }}

),

final as (

    select
        cast(sale_id as text) as subject_id,
        'sale ' || sale_id || ' is a refund of ' || amount || ', which is not negative' as reason,
        amount,
        sold_on as occurred_at
    from sales
    where status = 'refunded' and amount >= 0

)

select * from final
