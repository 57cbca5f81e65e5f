/* ---
description: >
  Every journal line with the journal-entry testing characteristics of AS 2401.61 that a line can show. Amounts are in
  amount_currency and are not converted. Times are the source's local time. A fiscal year is taken to be a calendar year; special
  periods 13 to 16 end with period 12.
grain: one row per journal line (journal_id, journal_id_line_number)
--- */
{{ config(materialized='table', published=true) }}
with gl_detail as (
  select * from {{ ref('stg_gl_detail') }}
),

settings as (
  select
    cast({{ literal(var('night_from')) }} as time) as night_from,
    cast({{ literal(var('night_to')) }} as time) as night_to
),

final as (
  select
    gl_detail.journal_id,
    gl_detail.journal_id_line_number,
    gl_detail.je_header_description,
    gl_detail.je_line_description,
    gl_detail.source,
    gl_detail.business_unit_code,
    gl_detail.effective_date,
    gl_detail.fiscal_year,
    gl_detail.period,
    gl_detail.gl_account_number,
    gl_detail.amount,
    gl_detail.amount_credit_debit_indicator,
    gl_detail.amount_currency,
    gl_detail.entered_by,
    gl_detail.entered_date,
    gl_detail.entered_time,
    gl_detail.document_date,
    -- Debits positive, credits negative; null for a side that is neither, so that no sum takes it in unseen.
    case gl_detail.amount_credit_debit_indicator
      when 'D' then gl_detail.amount
      when 'C' then -gl_detail.amount
    end as signed_amount,
    case
      when gl_detail.period between 1 and 16 and gl_detail.fiscal_year between 1900 and 9998
        then (make_date(gl_detail.fiscal_year, least(gl_detail.period, 12), 1) + interval '1 month')::date - 1
    end as period_end_date,
    -- From night_from, inclusive, to night_to, exclusive; usually over midnight.
    case
      when settings.night_from > settings.night_to
        then gl_detail.entered_time >= settings.night_from or gl_detail.entered_time < settings.night_to
      else gl_detail.entered_time >= settings.night_from and gl_detail.entered_time < settings.night_to
    end as is_night,
    extract(isodow from gl_detail.entered_date) in (6, 7) as is_weekend,
    -- Zero is a multiple of every unit: 106 of the sample's 226 round amounts are 0.00. is_zero_amount tells them apart.
    mod(gl_detail.amount, {{ var('round_amount_unit') }}) = 0 as is_round_amount,
    gl_detail.amount = 0 as is_zero_amount,
    gl_detail.amount_currency = {{ literal(var('main_currency')) }} as is_main_currency,
    count(*) over (partition by gl_detail.entered_by) as user_lines,
    count(*) over (partition by gl_detail.entered_by) <= {{ var('seldom_user_lines') }} as is_seldom_user,
    count(*) over (partition by gl_detail.gl_account_number) as account_lines,
    count(*) over (partition by gl_detail.gl_account_number) <= {{ var('seldom_account_lines') }} as is_seldom_account
  from gl_detail
  cross join settings
)

select * from final
