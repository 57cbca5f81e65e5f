/* ---
id: finance.number_gaps_reperformed
description: >
  The published jumps found anew in the extract: unbroken runs of numbers, and what lies between one and the
  next.
dimension: accuracy
severity: error
blocking: true
grain: one row per jump in the entry numbers that is not what the extract gives
population: journal_entries
--- */
with number_gaps as (
  select * from {{ ref('number_gaps') }}
),

entries as (
  select fiscal_year, journal_id, journal_id::bigint as entry_number, min(entered_date) as entered_date
  from {{ ref('stg_gl_detail') }}
  where journal_id ~ '^[0-9]{1,18}$'
  group by 1, 2
),

runs as (
  select
    fiscal_year,
    min(entry_number) as first_number,
    max(entry_number) as last_number
  from (
    select *, entry_number - row_number() over (partition by fiscal_year order by entry_number) as run
    from entries
  ) as numbered
  group by fiscal_year, run
),

jumps as (
  select
    *,
    lead(first_number) over (partition by fiscal_year order by first_number) as next_number
  from runs
),

expected as (
  select
    jumps.fiscal_year,
    before.journal_id as previous_journal_id,
    after.journal_id as next_journal_id,
    jumps.last_number + 1 as missing_from,
    jumps.next_number - 1 as missing_to,
    jumps.next_number - jumps.last_number - 1 as missing_numbers,
    div(jumps.next_number, {{ var('number_range_size') }}) > div(jumps.last_number, {{ var('number_range_size') }}) as is_between_ranges,
    after.entered_date as next_entered_date
  from jumps
  join entries as before
    on before.fiscal_year = jumps.fiscal_year and before.entry_number = jumps.last_number
  join entries as after
    on after.fiscal_year = jumps.fiscal_year and after.entry_number = jumps.next_number
),

final as (
  {{ reperformed('number_gaps', 'expected', ['next_journal_id'], 'Jump before entry') }}
)

select * from final
