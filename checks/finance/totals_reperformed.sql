/* ---
id: finance.totals_reperformed
description: >
  The headline figures computed anew from the extract and the posting log, past every published table.
dimension: accuracy
severity: error
blocking: true
grain: one row when a headline figure is not what the records give
population: ledger_totals
--- */
with ledger_totals as (
  select 'all' as run, * from {{ ref('ledger_totals') }}
),

extract as (
  select
    *,
    count(*) over (partition by entered_by) <= {{ var('seldom_user_lines') }} as is_seldom_user,
    count(*) over (partition by gl_account_number) <= {{ var('seldom_account_lines') }} as is_seldom_account,
    sum(case amount_credit_debit_indicator when 'D' then amount else -amount end) over (partition by journal_id) as balance,
    (
      date_trunc('month', to_date(concat(fiscal_year, '-', least(period, 12)), 'YYYY-MM')) + interval '1 month - 1 day'
    )::date as period_end_date
  from {{ ref('stg_gl_detail') }}
),

sides as (
  select journal_id, amount_credit_debit_indicator as side, sum(amount) as total
  from extract
  group by 1, 2
),

log as (
  select journal_id, amount_credit_debit_indicator as side, total
  from {{ ref('stg_posting_log') }}
),

numbers as (
  select distinct fiscal_year, journal_id::bigint as entry_number
  from extract
  where journal_id ~ '^[0-9]{1,18}$'
),

jumps as (
  select
    max(entry_number) as entry_number,
    lead(min(entry_number)) over (partition by fiscal_year order by min(entry_number)) as next_number
  from (
    select *, entry_number - row_number() over (partition by fiscal_year order by entry_number) as run
    from numbers
  ) as numbered
  group by fiscal_year, run
),

gaps as (
  select
    count(*) as jumps,
    count(*) filter (where div(next_number, {{ var('number_range_size') }}) = div(entry_number, {{ var('number_range_size') }})) as gaps,
    coalesce(
      sum(next_number - entry_number - 1)
        filter (where div(next_number, {{ var('number_range_size') }}) = div(entry_number, {{ var('number_range_size') }})),
      0
    )::bigint as missing_numbers
  from jumps
  where next_number is not null
),

expected as (
  select
    'all' as run,
    count(*) as lines,
    count(distinct journal_id) as entries,
    count(distinct gl_account_number) as accounts,
    count(distinct entered_by) as users,
    sum(case when amount_credit_debit_indicator = 'D' then amount end) as debits,
    sum(case when amount_credit_debit_indicator = 'C' then amount end) as credits,
    sum(case amount_credit_debit_indicator when 'D' then amount else -amount end) as balance,
    count(distinct case when balance <> 0 then journal_id end) as unbalanced_entries,
    (
      select count(*) from log left join sides on sides.journal_id = log.journal_id and sides.side = log.side
      where sides.journal_id is null
    ) as sides_missing_from_ledger,
    (
      select count(*) from sides left join log on log.journal_id = sides.journal_id and log.side = sides.side
      where log.journal_id is null
    ) as sides_missing_from_log,
    (
      select count(*) from sides join log on log.journal_id = sides.journal_id and log.side = sides.side
      where log.total <> sides.total
    ) as sides_differing_from_log,
    (select jumps from gaps) as number_jumps,
    (select gaps from gaps) as number_gaps,
    (select missing_numbers from gaps) as missing_numbers,
    sum((amount_currency <> {{ literal(var('main_currency')) }})::integer) as lines_not_in_main_currency,
    sum(({{ at_night('entered_time') }})::integer) as night_lines,
    sum((trim(to_char(entered_date, 'DAY')) in ('SATURDAY', 'SUNDAY'))::integer) as weekend_lines,
    sum((div(amount, {{ var('round_amount_unit') }}) * {{ var('round_amount_unit') }} = amount)::integer) as round_amount_lines,
    sum((amount = 0)::integer) as zero_amount_lines,
    sum(is_seldom_user::integer) as seldom_user_lines,
    count(distinct case when is_seldom_user then entered_by end) as seldom_users,
    sum(is_seldom_account::integer) as seldom_account_lines,
    count(distinct case when is_seldom_account then gl_account_number end) as seldom_accounts,
    count(distinct case when entered_date > period_end_date + {{ var('closing_days') }} then journal_id end) as late_entries,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date
  from extract
),

final as (
  {{ reperformed('ledger_totals', 'expected', ['run'], 'The headline row of') }}
)

select * from final
