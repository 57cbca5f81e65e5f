/* ---
description: >
  Every account that was posted to, with how much and how often. Amounts are added over currencies without conversion.
grain: one row per account (gl_account_number)
--- */
{{ config(materialized='table', published=true) }}
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

final as (
  select
    gl_account_number,
    count(*) as lines,
    count(distinct journal_id) as entries,
    count(distinct entered_by) as users,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'D'), 0) as debits,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'C'), 0) as credits,
    sum(signed_amount) as net_amount,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date,
    count(*) <= {{ var('seldom_account_lines') }} as is_seldom
  from journal_lines
  group by gl_account_number
)

select * from final
