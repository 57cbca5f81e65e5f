/* ---
id: finance.lines_reperformed
description: >
  The published lines computed anew from the extract, the derived columns written another way than in the model: sides as a sign,
  month ends by date_trunc, nights as a span of seconds after night_from, users and accounts counted by joins.
dimension: accuracy
severity: error
blocking: true
grain: one row per journal line that is not what the extract gives
population: journal_lines
--- */
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

extract as (
  select * from {{ ref('stg_gl_detail') }}
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

expected as (
  select
    extract.journal_id,
    extract.journal_id_line_number,
    extract.je_header_description,
    extract.je_line_description,
    extract.source,
    extract.business_unit_code,
    extract.effective_date,
    extract.fiscal_year,
    extract.period,
    extract.gl_account_number,
    extract.amount,
    extract.amount_credit_debit_indicator,
    extract.amount_currency,
    extract.entered_by,
    extract.entered_date,
    extract.entered_time,
    extract.document_date,
    extract.amount * (position(extract.amount_credit_debit_indicator in 'C D') - 2) as signed_amount,
    (
      date_trunc('month', to_date(concat(extract.fiscal_year, '-', least(extract.period, 12)), 'YYYY-MM'))
      + interval '1 month - 1 day'
    )::date as period_end_date,
    {{ at_night('extract.entered_time') }} as is_night,
    trim(to_char(extract.entered_date, 'DAY')) in ('SATURDAY', 'SUNDAY') as is_weekend,
    div(extract.amount, {{ var('round_amount_unit') }}) * {{ var('round_amount_unit') }} = extract.amount as is_round_amount,
    sign(extract.amount) = 0 as is_zero_amount,
    extract.amount_currency in ({{ literal(var('main_currency')) }}) as is_main_currency,
    users.lines as user_lines,
    not users.lines > {{ var('seldom_user_lines') }} as is_seldom_user,
    accounts.lines as account_lines,
    not accounts.lines > {{ var('seldom_account_lines') }} as is_seldom_account
  from extract
  join users on users.entered_by = extract.entered_by
  join accounts on accounts.gl_account_number = extract.gl_account_number
),

final as (
  {{ reperformed('journal_lines', 'expected', ['journal_id', 'journal_id_line_number'], 'Line') }}
)

select * from final
