select
  id,
  {{ money('amount') }} as money,
  {{ golden.money('amount', digits=0) }} as rounded,
  {{ dispatched('id') }} as dispatched,
  {{ with_caller() }} as called,
  {{ dbt.safe_cast("'12'", api.Column.translate_type("integer")) }} as casted,
  {{ dbt.concat(["kind", "'-'", "id::text"]) }} as label,
  {{ dbt.dateadd('month', 1, "date '2024-01-31'") }} as next_month,
  {{ dbt.datediff("date '2024-01-31'", "date '2024-03-01'", 'month') }} as months,
  {{ dbt.datediff("timestamp '2024-01-31 23:59'", "timestamp '2024-02-01 00:01'", 'hour') }} as hours,
  {{ dbt.date_trunc('month', 'happened_at') }} as month,
  {{ dbt.hash('kind') }} as hashed,
  {{ dbt.escape_single_quotes("it's") | length }} as escaped,
  {{ dbt.type_numeric() }} '1.5' as a_numeric,
  {{ dbt.split_part("'a,b,c'", "','", 2) }} as part,
  {{ dbt.array_construct([1, 2, 3]) }} as numbers,
  {{ dbt.array_append(dbt.array_construct([1]), 2) }} as appended,
  {{ dbt.array_concat(dbt.array_construct([1]), dbt.array_construct([2])) }} as joined
from {{ ref('stg_facts') }}
cross join (
  {{ picked(['x', 'y']) }}
) as picked
where picked.v = 'x'
