/* ---
description: >
  The ledger added up as the posting log writes it, so that the two records can be laid side by side. It is built from staging, not
  from the published lines: what a mart might lose must not be lost on both sides. A side that is neither D nor C keeps its own row.
grain: one row per entry and side (journal_id, amount_credit_debit_indicator)
--- */
{{ config(materialized='table') }}
with gl_detail as (
  select * from {{ ref('stg_gl_detail') }}
),

final as (
  select
    journal_id,
    amount_credit_debit_indicator,
    count(*) as lines,
    sum(amount) as total,
    min(entered_date) as entered_date,
    min(entered_time) as entered_time
  from gl_detail
  group by journal_id, amount_credit_debit_indicator
)

select * from final
