/* ---
id: finance.entry_header_varies
description: >
  Entries whose lines do not agree on user, entry date, entry time, document date, fiscal year, period, source or header description.
  journal_entries shows one value of each; with more than one it would show only the smallest.
dimension: consistency
severity: error
blocking: true
grain: one row per journal entry whose lines disagree on its header
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'The ', lines, ' lines of entry ', journal_id, ' carry ', header_variants,
      ' different headers (user, dates, period, source or header description).'
    ) as reason,
    entered_date + entered_time as occurred_at
  from journal_entries
  where header_variants <> 1
)

select * from final
