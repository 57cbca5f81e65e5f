/* ---
id: finance.accounts_reperformed
description: >
  The published accounts computed anew from the extract, past the published lines.
dimension: accuracy
severity: error
blocking: true
grain: one row per account that is not what the extract gives
population: accounts
--- */
with accounts as (
  select * from {{ ref('accounts') }}
),

extract as (
  select * from {{ ref('stg_gl_detail') }}
),

expected as (
  select
    gl_account_number,
    count(*) as lines,
    count(distinct journal_id) as entries,
    count(distinct entered_by) as users,
    sum(case when amount_credit_debit_indicator = 'D' then amount else 0 end) as debits,
    sum(case when amount_credit_debit_indicator = 'C' then amount else 0 end) as credits,
    sum(case amount_credit_debit_indicator when 'D' then amount else -amount end) as net_amount,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date,
    not count(*) > {{ var('seldom_account_lines') }} as is_seldom
  from extract
  group by gl_account_number
),

final as (
  {{ reperformed('accounts', 'expected', ['gl_account_number'], 'Account') }}
)

select * from final
