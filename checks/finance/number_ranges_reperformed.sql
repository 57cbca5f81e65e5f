/* ---
id: finance.number_ranges_reperformed
description: >
  The published number ranges computed anew from the extract's entry numbers.
dimension: accuracy
severity: error
blocking: true
grain: one row per number range that is not what the extract gives
population: number_ranges
--- */
with number_ranges as (
  select * from {{ ref('number_ranges') }}
),

entries as (
  select distinct fiscal_year, source, journal_id::bigint as entry_number
  from {{ ref('stg_gl_detail') }}
  where journal_id ~ '^[0-9]{1,18}$'
),

expected as (
  select
    fiscal_year,
    entry_number - mod(entry_number, {{ var('number_range_size') }}) as range_from,
    min(entry_number) - mod(min(entry_number), {{ var('number_range_size') }}) + {{ var('number_range_size') }} - 1 as range_to,
    min(entry_number) as first_number,
    max(entry_number) as last_number,
    count(distinct entry_number) as entries,
    max(entry_number) - min(entry_number) - count(distinct entry_number) + 1 as missing_numbers,
    string_agg(distinct source, ', ' order by source) as sources
  from entries
  group by 1, 2
),

final as (
  {{ reperformed('number_ranges', 'expected', ['fiscal_year', 'range_from'], 'Number range') }}
)

select * from final
