/* ---
id: finance.weekend_entry
description: Entries that were entered on a Saturday or a Sunday. Public holidays are not known to the ledger.
dimension: timeliness
severity: warn
blocking: false
grain: one row per journal entry entered on a weekend
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' was entered by ', entered_by, ' on ',
      case extract(isodow from entered_date) when 6 then 'Saturday, ' else 'Sunday, ' end, entered_date, '.'
    ) as reason,
    debits as amount,
    entered_date + entered_time as occurred_at
  from journal_entries
  where is_weekend
)

select * from final
