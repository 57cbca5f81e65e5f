/* ---
id: finance.entry_differs_from_log
description: >
  Entries with a side that both records hold with different totals, to the cent. The same fact as finance.ledger_amounts_equal_log,
  counted in entries: the sample has one, 1500000002, with both sides 0.02 below the log. Beyond 0.05 the blocking check
  finance.ledger_amounts_within_rounding stops the run; this one reports.
dimension: accuracy
severity: warn
blocking: false
grain: one row per entry with a side whose total differs
population: entry_reconciliation
--- */
with entry_reconciliation as (
  select * from {{ ref('entry_reconciliation') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' differs from the posting log: ',
      concat_ws(
        '; ',
        case
          when debits_difference <> 0
            then concat('debits ', {{ money('ledger_debits') }}, ' in the ledger, ', {{ money('log_debits') }}, ' in the log')
        end,
        case
          when credits_difference <> 0
            then concat('credits ', {{ money('ledger_credits') }}, ' in the ledger, ', {{ money('log_credits') }}, ' in the log')
        end
      ),
      '.'
    ) as reason,
    greatest(abs(debits_difference), abs(credits_difference)) as amount,
    entered_date as occurred_at
  from entry_reconciliation
  where sides_differing > 0
)

select * from final
