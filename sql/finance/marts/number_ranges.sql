/* ---
description: >
  The number ranges in use, inferred as blocks of number_range_size numbers (see number_gaps), with how many numbers between the first
  and the last one used are missing.
grain: one row per fiscal year and inferred range (fiscal_year, range_from)
--- */
{{ config(materialized='table', published=true) }}
with journal_entries as (
  select * from {{ ref('journal_entries') }}
),

blocks as (
  select
    *,
    entry_number / {{ var('number_range_size') }} * {{ var('number_range_size') }} as range_from
  from journal_entries
  where entry_number is not null
),

final as (
  select
    fiscal_year,
    range_from,
    range_from + {{ var('number_range_size') }} - 1 as range_to,
    min(entry_number) as first_number,
    max(entry_number) as last_number,
    count(distinct entry_number) as entries,
    max(entry_number) - min(entry_number) + 1 - count(distinct entry_number) as missing_numbers,
    string_agg(distinct source, ', ' order by source) as sources
  from blocks
  group by fiscal_year, range_from
)

select * from final
