/* ---
description: Sales as the till recorded them, typed.
grain: one row per sale
--- */
with sales as (

    select * from {{ source('till', 'sales') }}

),

final as (

    select
        cast(sale_id as bigint) as sale_id,
        cast(sold_on as date) as sold_on,
        nullif(cashier, '') as cashier,
        {{ as_amount('amount') }} as amount,
        status
    from sales

)

select * from final
