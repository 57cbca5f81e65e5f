/* ---
id: finance.number_gap
description: >
  Entries before which numbers are missing inside one number range. Ranges are inferred (see the model number_gaps): of the sample's
  12 jumps, 11 lie between ranges and one, 100008009 to 100011049 with 3,041 numbers, lies inside a range and needs the business's
  explanation (another company code's numbers, buffered numbers lost, or entries deleted).
dimension: completeness
severity: warn
blocking: false
grain: one row per journal entry that follows missing numbers
population: journal_entries
--- */
with number_gaps as (
  select * from {{ ref('number_gaps') }}
),

final as (
  select
    next_journal_id as subject_id,
    concat(
      {{ number('missing_numbers') }}, case when missing_numbers = 1 then ' entry number is' else ' entry numbers are' end,
      ' missing between entries ', previous_journal_id, ' and ', next_journal_id, ': ', missing_from, ' to ', missing_to, '.'
    ) as reason,
    next_entered_date as occurred_at
  from number_gaps
  where not is_between_ranges
)

select * from final
