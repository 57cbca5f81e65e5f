/* ---
id: finance.late_entry
description: >
  Entries that were entered more than closing_days days after the last day of the period they belong to (calendar days; a fiscal year
  is taken to be a calendar year). They changed a period that was closed or should have been.
dimension: timeliness
severity: warn
blocking: false
grain: one row per journal entry entered after its period's closing days
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' of period ', period, '/', fiscal_year, ' was entered by ', entered_by, ' on ', entered_date, ', ',
      days_after_period_end, ' days after the period ended.'
    ) as reason,
    debits as amount,
    entered_date + entered_time as occurred_at
  from journal_entries
  where is_late
)

select * from final
