/* ---
description: >
  The journal entries of one engagement, with what the ledger and the posting log say of each: entered from period_from to period_to,
  both inclusive, with at least one line in business_unit (empty: every entry). The same entries as journal_lines_in_period.
grain: one row per journal entry (journal_id)
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

journal_lines as (
  select * from {{ ref('journal_lines') }}
),

entry_reconciliation as (
  select * from {{ ref('entry_reconciliation') }}
),

entries_in_scope as (
  select distinct journal_id
  from journal_lines
  where entered_date between cast({{ literal(var('period_from')) }} as date) and cast({{ literal(var('period_to')) }} as date)
  and ({{ literal(var('business_unit')) }} = '' or business_unit_code = {{ literal(var('business_unit')) }})
),

final as (
  select
    journal_entries.journal_id,
    journal_entries.fiscal_year,
    journal_entries.period,
    journal_entries.source,
    journal_entries.entered_by,
    journal_entries.entered_date,
    journal_entries.entered_time,
    journal_entries.document_date,
    journal_entries.je_header_description,
    journal_entries.lines,
    journal_entries.debits,
    journal_entries.credits,
    journal_entries.balance,
    entry_reconciliation.log_debits,
    entry_reconciliation.log_credits,
    journal_entries.is_balanced,
    journal_entries.is_night,
    journal_entries.is_weekend,
    journal_entries.is_late,
    journal_entries.is_seldom_user,
    journal_entries.has_seldom_account
  from journal_entries
  inner join entries_in_scope on journal_entries.journal_id = entries_in_scope.journal_id
  left join entry_reconciliation on journal_entries.journal_id = entry_reconciliation.journal_id
)

select * from final
order by journal_id collate "C"
