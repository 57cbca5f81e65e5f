/* ---
description: >
  Every journal entry with its totals. Debits and credits are added over currencies without conversion (currencies says how many
  there are). User, dates, period and source are the entry's own; that all its lines agree on them is the blocking check
  finance.entry_header_varies.
grain: one row per journal entry (journal_id)
--- */
{{ config(materialized='table', published=true) }}
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

entries as (
  select
    journal_id,
    min(fiscal_year) as fiscal_year,
    min(period) as period,
    min(period_end_date) as period_end_date,
    min(source) as source,
    min(entered_by) as entered_by,
    min(entered_date) as entered_date,
    min(entered_time) as entered_time,
    min(document_date) as document_date,
    min(je_header_description) as je_header_description,
    -- concat_ws would skip a null: a record keeps it, and different records are counted.
    count(
      distinct (
        fiscal_year, period, source, entered_by, entered_date, entered_time, document_date, je_header_description
      )::text
    ) as header_variants,
    count(*) as lines,
    min(journal_id_line_number) as first_line_number,
    max(journal_id_line_number) as last_line_number,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'D'), 0) as debits,
    coalesce(sum(amount) filter (where amount_credit_debit_indicator = 'C'), 0) as credits,
    count(distinct amount_currency) as currencies,
    bool_or(is_night) as is_night,
    bool_or(is_weekend) as is_weekend,
    bool_or(is_seldom_user) as is_seldom_user,
    bool_or(is_seldom_account) as has_seldom_account,
    count(*) filter (where is_round_amount) as round_amount_lines,
    count(*) filter (where is_zero_amount) as zero_amount_lines,
    min(user_lines) as user_lines
  from journal_lines
  group by journal_id
),

final as (
  select
    journal_id,
    case when journal_id ~ '^[0-9]{1,18}$' then journal_id::bigint end as entry_number,
    fiscal_year,
    period,
    period_end_date,
    source,
    entered_by,
    entered_date,
    entered_time,
    document_date,
    je_header_description,
    header_variants,
    lines,
    first_line_number,
    last_line_number,
    debits,
    credits,
    debits - credits as balance,
    debits = credits as is_balanced,
    currencies,
    is_night,
    is_weekend,
    is_seldom_user,
    has_seldom_account,
    round_amount_lines,
    zero_amount_lines,
    user_lines,
    entered_date - period_end_date as days_after_period_end,
    entered_date - period_end_date > {{ var('closing_days') }} as is_late
  from entries
)

select * from final
