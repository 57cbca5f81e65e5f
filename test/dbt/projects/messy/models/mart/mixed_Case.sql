{% set by_kind %}
  select lower(kind) as "Kind Of", sum(amount) as "Total Amount"
  from {{ ref('STG_Payments') }}
  group by 1
{% endset %}
select * from ({{ by_kind }}) as k
union all
select 'all', (select sum("Total Amount") from ({{ by_kind }}) as again)
