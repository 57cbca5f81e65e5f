/* ---
id: commerce.unapproved_discount
description: Large discounts that nobody approved.
dimension: validity
severity: warn
blocking: false
grain: one row per large discount without an approver
population: discounts
--- */
with discounts as (
  select * from {{ ref('discounts') }}
),

final as (
  select
    order_id as subject_id,
    concat('Order ', order_id, ' has a discount of ', discount_percent, ' % that nobody approved.') as reason,
    discount as amount,
    ordered_on as occurred_at
  from discounts
  where is_large and approved_by is null
)

select * from final
