/* ---
description: >
  The run's headline figures. Debits and credits are added over currencies without conversion; lines_not_in_main_currency says how
  many lines that concerns.
grain: one row
--- */
{{ config(materialized='table', published=true) }}
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

journal_entries as (
  select * from {{ ref('journal_entries') }}
),

accounts as (
  select * from {{ ref('accounts') }}
),

users as (
  select * from {{ ref('users') }}
),

entry_reconciliation as (
  select * from {{ ref('entry_reconciliation') }}
),

number_gaps as (
  select * from {{ ref('number_gaps') }}
),

line_figures as (
  select
    count(*) as lines,
    sum(amount) filter (where amount_credit_debit_indicator = 'D') as debits,
    sum(amount) filter (where amount_credit_debit_indicator = 'C') as credits,
    count(*) filter (where not is_main_currency) as lines_not_in_main_currency,
    count(*) filter (where is_night) as night_lines,
    count(*) filter (where is_weekend) as weekend_lines,
    count(*) filter (where is_round_amount) as round_amount_lines,
    count(*) filter (where is_zero_amount) as zero_amount_lines,
    count(*) filter (where is_seldom_user) as seldom_user_lines,
    count(*) filter (where is_seldom_account) as seldom_account_lines,
    min(entered_date) as first_entered_date,
    max(entered_date) as last_entered_date
  from journal_lines
),

entry_figures as (
  select
    count(*) as entries,
    count(*) filter (where not is_balanced) as unbalanced_entries,
    sum(balance) as balance,
    count(*) filter (where is_late) as late_entries
  from journal_entries
),

account_figures as (
  select
    count(*) as accounts,
    count(*) filter (where is_seldom) as seldom_accounts
  from accounts
),

user_figures as (
  select
    count(*) as users,
    count(*) filter (where is_seldom) as seldom_users
  from users
),

reconciliation_figures as (
  select
    coalesce(sum(sides_missing_from_ledger), 0)::bigint as sides_missing_from_ledger,
    coalesce(sum(sides_missing_from_log), 0)::bigint as sides_missing_from_log,
    coalesce(sum(sides_differing), 0)::bigint as sides_differing_from_log
  from entry_reconciliation
),

number_figures as (
  select
    count(*) as number_jumps,
    count(*) filter (where not is_between_ranges) as number_gaps,
    coalesce(sum(missing_numbers) filter (where not is_between_ranges), 0)::bigint as missing_numbers
  from number_gaps
),

final as (
  select
    line_figures.lines,
    entry_figures.entries,
    account_figures.accounts,
    user_figures.users,
    line_figures.debits,
    line_figures.credits,
    entry_figures.balance,
    entry_figures.unbalanced_entries,
    reconciliation_figures.sides_missing_from_ledger,
    reconciliation_figures.sides_missing_from_log,
    reconciliation_figures.sides_differing_from_log,
    number_figures.number_jumps,
    number_figures.number_gaps,
    number_figures.missing_numbers,
    line_figures.lines_not_in_main_currency,
    line_figures.night_lines,
    line_figures.weekend_lines,
    line_figures.round_amount_lines,
    line_figures.zero_amount_lines,
    line_figures.seldom_user_lines,
    user_figures.seldom_users,
    line_figures.seldom_account_lines,
    account_figures.seldom_accounts,
    entry_figures.late_entries,
    line_figures.first_entered_date,
    line_figures.last_entered_date
  from line_figures
  cross join entry_figures
  cross join account_figures
  cross join user_figures
  cross join reconciliation_figures
  cross join number_figures
)

select * from final
