{%- set kinds = ['alpha', 'beta', 'gamma'] -%}
{%- set wanted = var('kinds') -%}
{%- set ns = namespace(total=0, names=[]) -%}
{%- for kind in kinds -%}
  {%- set ns.total = ns.total + loop.index -%}
  {%- do ns.names.append(kind | upper) -%}
{%- endfor -%}
select
  kind,
  {%- for k in kinds %}
  sum(case when kind = '{{ k }}' then amount end) as {{ k }}_amount{{ "," if not loop.last }}
  {%- endfor %},
  {{ ns.total }} as total,
  '{{ ns.names | join("|") }}' as names,
  {{ var('ratio') }} * count(*) as ratio,
  '{{ var("region") }}' as region,
  {{ 'true' if var('undeclared_flag', false) else 'false' }} as flag,
  '{{ var("since") }}'::date as since,
  {{ var('cut_off') + 1 }} as above
from {{ ref('stg_facts') }}
where kind in ({% for k in wanted %}'{{ k }}'{{ ', ' if not loop.last }}{% endfor %})
group by kind
