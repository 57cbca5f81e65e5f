/* ---
description: >
  The journal lines of one engagement: all lines of every entry that was entered from period_from to period_to, both inclusive, and
  that has at least one line in business_unit (empty: every entry). Entries are taken whole, so that they still balance: the offsetting
  lines of an entry often have no business unit.
grain: one row per journal line (journal_id, journal_id_line_number)
--- */
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

entries_in_scope as (
  select distinct journal_id
  from journal_lines
  where entered_date between cast({{ literal(var('period_from')) }} as date) and cast({{ literal(var('period_to')) }} as date)
  and ({{ literal(var('business_unit')) }} = '' or business_unit_code = {{ literal(var('business_unit')) }})
),

final as (
  select
    journal_lines.journal_id,
    journal_lines.journal_id_line_number,
    journal_lines.je_header_description,
    journal_lines.je_line_description,
    journal_lines.source,
    journal_lines.business_unit_code,
    journal_lines.effective_date,
    journal_lines.fiscal_year,
    journal_lines.period,
    journal_lines.gl_account_number,
    journal_lines.amount,
    journal_lines.amount_credit_debit_indicator,
    journal_lines.amount_currency,
    journal_lines.entered_by,
    journal_lines.entered_date,
    journal_lines.entered_time,
    journal_lines.document_date,
    journal_lines.signed_amount,
    journal_lines.is_night,
    journal_lines.is_weekend,
    journal_lines.is_round_amount,
    journal_lines.is_zero_amount,
    journal_lines.is_seldom_user,
    journal_lines.is_seldom_account
  from journal_lines
  inner join entries_in_scope on journal_lines.journal_id = entries_in_scope.journal_id
)

select * from final
order by journal_id collate "C", journal_id_line_number
