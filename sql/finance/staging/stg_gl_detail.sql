/* ---
description: >
  The general ledger's lines under their AICPA Audit Data Standards names, typed. No line is left out and no value is guessed:
  a date, time or number that cannot be read is null here and is named in unreadable_values, with the value as received.
grain: one row per journal line (journal_id, journal_id_line_number)
--- */
{{ config(materialized='view') }}
with gl_detail as (
  select * from {{ source('erp', 'gl_detail') }}
),

final as (
  select
    {{ sap_text('"Journal_ID"') }} as journal_id,
    "Journal_ID_Line_Number" as journal_id_line_number,
    {{ sap_text('"JE_Header_ Description"') }} as je_header_description,
    {{ sap_text('"JE_Line_Description"') }} as je_line_description,
    {{ sap_text('"Source"') }} as source,
    {{ sap_text('"Business_Unit_Code"') }} as business_unit_code,
    {{ sap_date('"Effective_Date"') }} as effective_date,
    {{ sap_integer('"Fiscal_Year"') }} as fiscal_year,
    {{ sap_integer('"Period"') }} as period,
    {{ sap_text('"GL_Account_Number"') }} as gl_account_number,
    "Amount" as amount,
    {{ sap_indicator('"Amount_Credit_Debit_Indicator"') }} as amount_credit_debit_indicator,
    {{ sap_text('"Amount_Currency"') }} as amount_currency,
    {{ sap_text('"Entered_By"') }} as entered_by,
    {{ sap_date('"Entered_Date"') }} as entered_date,
    {{ sap_time('"Entered_Time"') }} as entered_time,
    {{ sap_date('"Document_Date"') }} as document_date,
    nullif(
      concat_ws(
        ', ',
        case when {{ sap_date_unreadable('"Effective_Date"') }} then 'Effective_Date ' || "Effective_Date" end,
        case when {{ sap_integer_unreadable('"Fiscal_Year"') }} then 'Fiscal_Year ' || "Fiscal_Year" end,
        case when {{ sap_integer_unreadable('"Period"') }} then 'Period ' || "Period" end,
        case when {{ sap_date_unreadable('"Entered_Date"') }} then 'Entered_Date ' || "Entered_Date" end,
        case when {{ sap_time_unreadable('"Entered_Time"') }} then 'Entered_Time ' || "Entered_Time" end,
        case when {{ sap_date_unreadable('"Document_Date"') }} then 'Document_Date ' || "Document_Date" end
      ),
      ''
    ) as unreadable_values
  from gl_detail
)

select * from final
