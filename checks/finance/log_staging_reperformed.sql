/* ---
id: finance.log_staging_reperformed
description: >
  The staged posting log computed anew from the landed file, without the macros that read SAP's fields.
dimension: accuracy
severity: error
blocking: true
grain: one row per total of the posting log that staging does not show as it landed
population: stg_posting_log
--- */
with stg_posting_log as (
  select * from {{ ref('stg_posting_log') }}
),

landed as (
  select * from {{ source('posting_log', 'posting_log') }}
),

expected as (
  select
    trim("Journal_ID") as journal_id,
    translate(trim("Amount_Credit_Debit_Indicator"), 'SH', 'DC') as amount_credit_debit_indicator,
    nullif(trim("Total"), '')::numeric as total,
    to_date(nullif(trim("Entered_Date"), ''), 'YYYYMMDD') as entered_date,
    to_timestamp(lpad(nullif(trim("Entered_Time"), ''), 6, '0'), 'HH24MISS')::time as entered_time,
    null::text as unreadable_values
  from landed
),

final as (
  {{ reperformed('stg_posting_log', 'expected', ['journal_id', 'amount_credit_debit_indicator'], 'Total') }}
)

select * from final
