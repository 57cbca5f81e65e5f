/* ---
id: finance.round_amount_line
description: >
  Lines whose amount is a whole multiple of round_amount_unit, zero left out: 120 of the sample's lines. The published answer of 226
  counts the 106 lines of 0.00 too; the KRI FIN-KRI-ROUND reproduces it. A line of 0.00 is no round estimate, so nobody is asked to
  look at it for that.
dimension: validity
severity: warn
blocking: false
grain: one row per journal line with a round amount other than zero
population: journal_lines
--- */
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

final as (
  select
    concat(journal_id, '/', journal_id_line_number) as subject_id,
    concat(
      'Line ', journal_id_line_number, ' of entry ', journal_id, ' posts the round amount ', {{ money('amount') }}, ' ', amount_currency,
      ' to account ', gl_account_number, '.'
    ) as reason,
    amount,
    entered_date + entered_time as occurred_at
  from journal_lines
  where is_round_amount and not is_zero_amount
)

select * from final
