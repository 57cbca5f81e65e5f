/* ---
id: finance.staging_reperformed
description: >
  The staged ledger lines computed anew from the landed ones, without the macros that read SAP's fields.
dimension: accuracy
severity: error
blocking: true
grain: one row per ledger line that staging does not show as it landed
population: stg_gl_detail
--- */
with stg_gl_detail as (
  select * from {{ ref('stg_gl_detail') }}
),

landed as (
  select * from {{ source('erp', 'gl_detail') }}
),

expected as (
  select
    trim("Journal_ID") as journal_id,
    "Journal_ID_Line_Number" as journal_id_line_number,
    nullif(trim("JE_Header_ Description"), '') as je_header_description,
    nullif(trim("JE_Line_Description"), '') as je_line_description,
    nullif(trim("Source"), '') as source,
    nullif(trim("Business_Unit_Code"), '') as business_unit_code,
    to_date(nullif(nullif(nullif(trim("Effective_Date"), '19000101'), '00000000'), ''), 'YYYYMMDD') as effective_date,
    nullif(trim("Fiscal_Year"), '')::integer as fiscal_year,
    nullif(trim("Period"), '')::integer as period,
    nullif(trim("GL_Account_Number"), '') as gl_account_number,
    "Amount" as amount,
    translate(trim("Amount_Credit_Debit_Indicator"), 'SH', 'DC') as amount_credit_debit_indicator,
    nullif(trim("Amount_Currency"), '') as amount_currency,
    nullif(trim("Entered_By"), '') as entered_by,
    to_date(nullif(nullif(nullif(trim("Entered_Date"), '19000101'), '00000000'), ''), 'YYYYMMDD') as entered_date,
    to_timestamp(lpad(nullif(trim("Entered_Time"), ''), 6, '0'), 'HH24MISS')::time as entered_time,
    to_date(nullif(nullif(nullif(trim("Document_Date"), '19000101'), '00000000'), ''), 'YYYYMMDD') as document_date,
    null::text as unreadable_values
  from landed
),

final as (
  {{ reperformed('stg_gl_detail', 'expected', ['journal_id', 'journal_id_line_number'], 'Line') }}
)

select * from final
