/* ---
id: finance.unbalanced_entry
description: >
  Entries whose debits and credits differ. Amounts are added over currencies without conversion. The sample has four, 100011090 to
  100011093, each with one EUR line of 0.00: known facts of the business to be explained by it, so they warn and do not keep the ledger
  from being published.
dimension: accuracy
severity: warn
blocking: false
grain: one row per journal entry whose debits and credits differ
population: journal_entries
--- */
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' of ', entered_date, ' by ', entered_by, ' does not balance: debits ', {{ money('debits') }},
      ', credits ', {{ money('credits') }}, ', difference ', {{ money('balance') }}, '.'
    ) as reason,
    balance as amount,
    entered_date + entered_time as occurred_at
  from journal_entries
  where not is_balanced
)

select * from final
