{{ config(materialized='table') }}
with invoices as (
    select * from {{ ref('stg_invoices') }}
),
final as (
    select customer, count(*) as invoices, sum(amount) as amount, {{ rounded('avg(amount)') }} as average,
      bool_and(paid) as all_paid, min(issued_at)::date as first_on
    from invoices
    group by customer
)
select * from final
