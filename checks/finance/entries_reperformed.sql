/* ---
id: finance.entries_reperformed
description: >
  The published entries computed anew from the extract, past the published lines: header from the entry's first line, totals by
  difference, counts by joins.
dimension: accuracy
severity: error
blocking: true
grain: one row per journal entry that is not what the extract gives
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

extract as (
  select * from {{ ref('stg_gl_detail') }}
),

first_lines as (
  select distinct on (journal_id) *
  from extract
  order by journal_id, journal_id_line_number
),

headers as (
  select journal_id, count(*) as variants
  from (
    select distinct
      journal_id, fiscal_year, period, source, entered_by, entered_date, entered_time, document_date, je_header_description
    from extract
  ) as variants
  group by journal_id
),

users as (
  select entered_by, count(*) as lines
  from extract
  group by entered_by
),

accounts as (
  select gl_account_number, count(*) as lines
  from extract
  group by gl_account_number
),

totals as (
  select
    extract.journal_id,
    count(*) as lines,
    min(journal_id_line_number) as first_line_number,
    max(journal_id_line_number) as last_line_number,
    sum(case when amount_credit_debit_indicator = 'D' then amount else 0 end) as debits,
    sum(case when amount_credit_debit_indicator = 'C' then amount else 0 end) as credits,
    count(distinct amount_currency) as currencies,
    max((accounts.lines <= {{ var('seldom_account_lines') }})::integer) = 1 as has_seldom_account,
    sum((amount = round(amount / {{ var('round_amount_unit') }}) * {{ var('round_amount_unit') }})::integer) as round_amount_lines,
    sum((amount = 0)::integer) as zero_amount_lines
  from extract
  join accounts on accounts.gl_account_number = extract.gl_account_number
  group by extract.journal_id
),

month_ends as (
  select
    journal_id,
    (
      date_trunc('month', to_date(concat(fiscal_year, '-', least(period, 12)), 'YYYY-MM')) + interval '1 month - 1 day'
    )::date as period_end_date
  from first_lines
),

expected as (
  select
    first_lines.journal_id,
    first_lines.journal_id::bigint as entry_number,
    first_lines.fiscal_year,
    first_lines.period,
    month_ends.period_end_date,
    first_lines.source,
    first_lines.entered_by,
    first_lines.entered_date,
    first_lines.entered_time,
    first_lines.document_date,
    first_lines.je_header_description,
    headers.variants as header_variants,
    totals.lines,
    totals.first_line_number,
    totals.last_line_number,
    totals.debits,
    totals.credits,
    totals.debits - totals.credits as balance,
    totals.debits - totals.credits = 0 as is_balanced,
    totals.currencies,
    {{ at_night('first_lines.entered_time') }} as is_night,
    trim(to_char(first_lines.entered_date, 'DAY')) in ('SATURDAY', 'SUNDAY') as is_weekend,
    users.lines <= {{ var('seldom_user_lines') }} as is_seldom_user,
    totals.has_seldom_account,
    totals.round_amount_lines,
    totals.zero_amount_lines,
    users.lines as user_lines,
    first_lines.entered_date - month_ends.period_end_date as days_after_period_end,
    first_lines.entered_date > month_ends.period_end_date + {{ var('closing_days') }} as is_late
  from first_lines
  join headers on headers.journal_id = first_lines.journal_id
  join totals on totals.journal_id = first_lines.journal_id
  join month_ends on month_ends.journal_id = first_lines.journal_id
  join users on users.entered_by = first_lines.entered_by
),

final as (
  {{ reperformed('journal_entries', 'expected', ['journal_id'], 'Entry') }}
)

select * from final
