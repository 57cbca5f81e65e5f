/* ---
description: >
  The ledger and the posting log side by side, entry by entry and both ways: an entry that only one of them knows has a row too.
  Differences are ledger minus log; they are null where one record lacks that side, because nothing is not zero.
grain: one row per entry in the ledger or in the log (journal_id)
--- */
{{ config(materialized='table', published=true) }}
with ledger as (
  select * from {{ ref('entry_side_totals') }}
),

log as (
  select * from {{ ref('stg_posting_log') }}
),

sides as (
  select
    coalesce(ledger.journal_id, log.journal_id) as journal_id,
    coalesce(ledger.amount_credit_debit_indicator, log.amount_credit_debit_indicator) as amount_credit_debit_indicator,
    ledger.journal_id is not null as is_in_ledger,
    log.journal_id is not null as is_in_log,
    ledger.total as ledger_total,
    log.total as log_total,
    ledger.entered_date as ledger_entered_date,
    ledger.entered_time as ledger_entered_time,
    log.entered_date as log_entered_date,
    log.entered_time as log_entered_time
  from ledger
  full outer join log
    on ledger.journal_id = log.journal_id
    and ledger.amount_credit_debit_indicator = log.amount_credit_debit_indicator
),

final as (
  select
    journal_id,
    bool_or(is_in_ledger) as is_in_ledger,
    bool_or(is_in_log) as is_in_log,
    count(*) filter (where not is_in_ledger) as sides_missing_from_ledger,
    count(*) filter (where not is_in_log) as sides_missing_from_log,
    sum(ledger_total) filter (where amount_credit_debit_indicator = 'D') as ledger_debits,
    sum(log_total) filter (where amount_credit_debit_indicator = 'D') as log_debits,
    sum(ledger_total - log_total) filter (where amount_credit_debit_indicator = 'D') as debits_difference,
    sum(ledger_total) filter (where amount_credit_debit_indicator = 'C') as ledger_credits,
    sum(log_total) filter (where amount_credit_debit_indicator = 'C') as log_credits,
    sum(ledger_total - log_total) filter (where amount_credit_debit_indicator = 'C') as credits_difference,
    count(*) filter (where ledger_total <> log_total) as sides_differing,
    count(*) filter (
      where is_in_ledger and is_in_log
      and (ledger_entered_date, ledger_entered_time) is distinct from (log_entered_date, log_entered_time)
    ) as sides_entered_differently,
    coalesce(min(ledger_entered_date), min(log_entered_date)) as entered_date
  from sides
  group by journal_id
)

select * from final
