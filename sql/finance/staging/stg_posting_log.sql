/* ---
description: >
  The posting log under the ledger's names, typed: the system's own total of each side of each entry. A value that cannot be read
  is null here and is named in unreadable_values, with the value as received.
grain: one row per entry and side (journal_id, amount_credit_debit_indicator)
--- */
{{ config(materialized='view') }}
with posting_log as (
  select * from {{ source('posting_log', 'posting_log') }}
),

final as (
  select
    {{ sap_text('"Journal_ID"') }} as journal_id,
    {{ sap_indicator('"Amount_Credit_Debit_Indicator"') }} as amount_credit_debit_indicator,
    {{ plain_decimal('"Total"') }} as total,
    {{ sap_date('"Entered_Date"') }} as entered_date,
    {{ sap_time('"Entered_Time"') }} as entered_time,
    nullif(
      concat_ws(
        ', ',
        case when {{ plain_decimal_unreadable('"Total"') }} then 'Total ' || "Total" end,
        case when {{ sap_date_unreadable('"Entered_Date"') }} then 'Entered_Date ' || "Entered_Date" end,
        case when {{ sap_time_unreadable('"Entered_Time"') }} then 'Entered_Time ' || "Entered_Time" end
      ),
      ''
    ) as unreadable_values
  from posting_log
)

select * from final
