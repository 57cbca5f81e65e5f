/* ---
description: Orders that were paid below list price, with the discount as a share of the list price.
grain: one row per order with a discount (order_id)
--- */
{{ config(materialized='table', published=true) }}
with orders as (
  select * from {{ ref('stg_orders') }}
),

final as (
  select
    order_id,
    ordered_on,
    customer,
    list_amount - paid_amount as discount,
    round(100 * (list_amount - paid_amount) / list_amount, 2) as discount_percent,
    100 * (list_amount - paid_amount) / list_amount >= {{ var('large_discount_percent') }} as is_large,
    approved_by
  from orders
  where paid_amount < list_amount
)

select * from final
