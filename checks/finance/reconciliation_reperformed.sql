/* ---
id: finance.reconciliation_reperformed
description: >
  The comparison of ledger and log computed anew from the two landed tables: sides of both records stacked and added up, instead
  of joined.
dimension: accuracy
severity: error
blocking: true
grain: one row per entry whose comparison with the log is not what the two records give
population: entry_reconciliation
--- */
with entry_reconciliation as (
  select * from {{ ref('entry_reconciliation') }}
),

ledger as (
  select
    trim("Journal_ID") as journal_id,
    trim("Amount_Credit_Debit_Indicator") as side,
    sum("Amount") as total,
    min(trim("Entered_Date")) as entered_date,
    min(lpad(trim("Entered_Time"), 6, '0')) as entered_time
  from {{ source('erp', 'gl_detail') }}
  group by 1, 2
),

log as (
  select
    trim("Journal_ID") as journal_id,
    trim("Amount_Credit_Debit_Indicator") as side,
    "Total"::numeric as total,
    trim("Entered_Date") as entered_date,
    lpad(trim("Entered_Time"), 6, '0') as entered_time
  from {{ source('posting_log', 'posting_log') }}
),

stacked as (
  select journal_id, side, total as in_ledger, null::numeric as in_log, entered_date || entered_time as ledger_entered, null as log_entered, entered_date
  from ledger
  union all
  select journal_id, side, null, total, null, entered_date || entered_time, entered_date
  from log
),

sides as (
  select
    journal_id,
    side,
    count(in_ledger) as ledger_sides,
    count(in_log) as log_sides,
    sum(in_ledger) as in_ledger,
    sum(in_log) as in_log,
    min(ledger_entered) as ledger_entered,
    min(log_entered) as log_entered
  from stacked
  group by 1, 2
),

expected as (
  select
    journal_id,
    sum(ledger_sides) > 0 as is_in_ledger,
    sum(log_sides) > 0 as is_in_log,
    sum((ledger_sides = 0)::integer) as sides_missing_from_ledger,
    sum((log_sides = 0)::integer) as sides_missing_from_log,
    sum(in_ledger) filter (where side = 'S') as ledger_debits,
    sum(in_log) filter (where side = 'S') as log_debits,
    sum(in_ledger - in_log) filter (where side = 'S') as debits_difference,
    sum(in_ledger) filter (where side = 'H') as ledger_credits,
    sum(in_log) filter (where side = 'H') as log_credits,
    sum(in_ledger - in_log) filter (where side = 'H') as credits_difference,
    sum((coalesce(in_ledger - in_log, 0) <> 0)::integer) as sides_differing,
    sum((coalesce(ledger_entered <> log_entered, false))::integer) as sides_entered_differently,
    to_date(left(coalesce(min(ledger_entered), min(log_entered)), 8), 'YYYYMMDD') as entered_date
  from sides
  group by journal_id
),

final as (
  {{ reperformed('entry_reconciliation', 'expected', ['journal_id'], 'Entry') }}
)

select * from final
