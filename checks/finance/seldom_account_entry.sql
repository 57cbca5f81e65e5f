/* ---
id: finance.seldom_account_entry
description: >
  Entries with a line on an account that has at most seldom_account_lines lines in the whole ledger (AS 2401.61: seldom-used accounts).
dimension: validity
severity: warn
blocking: false
grain: one row per journal entry with a line on a seldom-used account
population: journal_entries
--- */
with journal_lines as (
  select * from {{ ref('journal_lines') }}
),

final as (
  select
    journal_id as subject_id,
    concat(
      'Entry ', journal_id, ' of ', min(entered_date), ' by ', min(entered_by), ' posts ', {{ money('sum(amount)') }},
      case when count(distinct gl_account_number) = 1 then ' to seldom-used account ' else ' to seldom-used accounts ' end,
      string_agg(distinct gl_account_number, ', ' order by gl_account_number), '.'
    ) as reason,
    sum(amount) as amount,
    min(entered_date + entered_time) as occurred_at
  from journal_lines
  where is_seldom_account
  group by journal_id
)

select * from final
