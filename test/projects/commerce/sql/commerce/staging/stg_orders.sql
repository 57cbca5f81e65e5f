/* ---
description: Orders as the shop recorded them, typed.
grain: one row per order (order_id)
--- */
with orders as (
  select * from {{ source('web_shop', 'orders') }}
),

final as (
  select
    order_id,
    cast(ordered_on as date) as ordered_on,
    customer,
    cast(list_amount as numeric(18, 2)) as list_amount,
    cast(paid_amount as numeric(18, 2)) as paid_amount,
    nullif(approved_by, '') as approved_by
  from orders
)

select * from final
