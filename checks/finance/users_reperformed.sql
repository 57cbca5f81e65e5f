/* ---
id: finance.users_reperformed
description: >
  The published users computed anew from the extract, past the published lines.
dimension: accuracy
severity: error
blocking: true
grain: one row per user who is not what the extract gives
population: users
--- */
with users as (
  select * from {{ ref('users') }}
),

extract as (
  select * from {{ ref('stg_gl_detail') }}
),

expected as (
  select
    entered_by,
    count(*) as lines,
    count(distinct journal_id) as entries,
    count(distinct gl_account_number) as accounts,
    sum(case when amount_credit_debit_indicator = 'D' then amount else 0 end) as debits,
    sum(case when amount_credit_debit_indicator = 'C' then amount else 0 end) as credits,
    sum(({{ at_night('entered_time') }})::integer) as night_lines,
    sum((trim(to_char(entered_date, 'DAY')) in ('SATURDAY', 'SUNDAY'))::integer) as weekend_lines,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date,
    not count(*) > {{ var('seldom_user_lines') }} as is_seldom
  from extract
  group by entered_by
),

final as (
  {{ reperformed('users', 'expected', ['entered_by'], 'User') }}
)

select * from final
