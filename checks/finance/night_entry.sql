/* ---
id: finance.night_entry
description: >
  Entries that were entered at night, from night_from (inclusive) to night_to (exclusive) by the source's local time. A characteristic
  that selects entries for a closer look, not an error.
dimension: timeliness
severity: warn
blocking: false
grain: one row per journal entry entered at night
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat('Entry ', journal_id, ' was entered by ', entered_by, ' at night, at ', entered_time, ' on ', entered_date, '.') as reason,
    debits as amount,
    entered_date + entered_time as occurred_at
  from journal_entries
  where is_night
)

select * from final
