/* ---
description: >
  Every user who entered lines, with how much, how often and when. Amounts are added over currencies without conversion.
grain: one row per user (entered_by)
--- */
{{ config(materialized='table', published=true) }}
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

final as (
  select
    entered_by,
    count(*) as lines,
    count(distinct journal_id) as entries,
    count(distinct gl_account_number) as accounts,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'D'), 0) as debits,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'C'), 0) as credits,
    count(*) filter (where is_night) as night_lines,
    count(*) filter (where is_weekend) as weekend_lines,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date,
    count(*) <= {{ var('seldom_user_lines') }} as is_seldom
  from journal_lines
  group by entered_by
)

select * from final
