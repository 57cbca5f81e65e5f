/* ---
id: finance.seldom_user_entry
description: >
  Entries by users with at most seldom_user_lines lines in the whole ledger (AS 2401.61: individuals who typically do not make journal
  entries).
dimension: validity
severity: warn
blocking: false
grain: one row per journal entry by a user who posts seldom
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' of ', entered_date, ' was entered by ', entered_by, ', who has only ', user_lines,
      ' lines in the whole ledger.'
    ) as reason,
    debits as amount,
    entered_date + entered_time as occurred_at
  from journal_entries
  where is_seldom_user
)

select * from final
