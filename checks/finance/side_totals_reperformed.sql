/* ---
id: finance.side_totals_reperformed
description: >
  The sides' totals computed anew from the landed ledger, past staging.
dimension: accuracy
severity: error
blocking: true
grain: one row per side of an entry that is not what the extract gives
population: entry_side_totals
--- */
with entry_side_totals as (
  select * from {{ ref('entry_side_totals') }}
),

landed as (
  select * from {{ source('erp', 'gl_detail') }}
),

expected as (
  select
    trim("Journal_ID") as journal_id,
    translate(trim("Amount_Credit_Debit_Indicator"), 'SH', 'DC') as amount_credit_debit_indicator,
    count(*) as lines,
    sum("Amount") as total,
    to_date(min(trim("Entered_Date")), 'YYYYMMDD') as entered_date,
    to_timestamp(min(right(concat('00000', trim("Entered_Time")), 6)), 'HH24MISS')::time as entered_time
  from landed
  group by 1, 2
),

final as (
  {{ reperformed('entry_side_totals', 'expected', ['journal_id', 'amount_credit_debit_indicator'], 'Side') }}
)

select * from final
