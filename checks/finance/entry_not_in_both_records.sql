/* ---
id: finance.entry_not_in_both_records
description: >
  Entries of which the ledger or the posting log lacks a side or everything, both ways. The same fact as finance.ledger_complete_to_log,
  counted in entries so that the control on completeness can rest on it.
dimension: completeness
severity: error
blocking: true
grain: one row per entry that the ledger and the log do not both hold with both sides
population: entry_reconciliation
--- */
with entry_reconciliation as (
  select * from {{ ref('entry_reconciliation') }}
),

final as (
  select
    -- A log line without an entry number has no other name; the blocking not_null check reports it too.
    coalesce(journal_id, '(none)') as subject_id,
    concat(
      'Entry ', coalesce(journal_id, 'without a number'), ' ',
      case
        when not is_in_ledger then 'is in the posting log but not in the ledger.'
        when not is_in_log then 'is in the ledger but not in the posting log.'
        when sides_missing_from_ledger > 0 and sides_missing_from_log > 0
          then 'has different sides in the ledger and in the posting log.'
        when sides_missing_from_ledger > 0 then 'lacks a side in the ledger that the posting log has.'
        else 'lacks a side in the posting log that the ledger has.'
      end
    ) as reason,
    greatest(ledger_debits, log_debits, ledger_credits, log_credits) as amount,
    entered_date as occurred_at
  from entry_reconciliation
  where sides_missing_from_ledger > 0 or sides_missing_from_log > 0
)

select * from final
