/* ---
description: >
  Where the entry numbers in use jump, and whether the jump is explained. SAP assigns numbers per document-type range; the extract
  does not hold the range table (NRIV), so ranges are inferred as blocks of number_range_size numbers: a jump into another block is
  explained (it lies between two ranges), a jump inside one block is a gap. Limits of that inference: two real ranges inside one
  block show as a gap that is none; numbers missing at a range's start or end, or a whole range missing, show as nothing; and in SAP
  a range belongs to one company code, which the extract does not hold. A number that is not all digits has no place here
  (blocking check on journal_entries.entry_number).
grain: one row per jump (next_journal_id)
--- */
{{ config(materialized='table', published=true) }}
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

steps as (
  select
    fiscal_year,
    journal_id as next_journal_id,
    lag(journal_id) over by_number as previous_journal_id,
    entry_number as next_number,
    lag(entry_number) over by_number as previous_number,
    entered_date as next_entered_date
  from journal_entries
  where entry_number is not null
  window by_number as (partition by fiscal_year order by entry_number)
),

final as (
  select
    fiscal_year,
    previous_journal_id,
    next_journal_id,
    previous_number + 1 as missing_from,
    next_number - 1 as missing_to,
    next_number - previous_number - 1 as missing_numbers,
    next_number / {{ var('number_range_size') }} <> previous_number / {{ var('number_range_size') }} as is_between_ranges,
    next_entered_date
  from steps
  where next_number - previous_number > 1
)

select * from final
