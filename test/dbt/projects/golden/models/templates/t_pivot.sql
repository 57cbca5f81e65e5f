{% set query %}
  select distinct kind from {{ ref('stg_facts') }} order by kind
{% endset %}
{% if execute %}
  {% set found = run_query(query) %}
  {% set kinds = found.columns[0].values() %}
  {% set rows = found.rows %}
{% else %}
  {% set kinds = [] %}
  {% set rows = [] %}
{% endif %}
{% call statement('counted', fetch_result=True) %}
  select count(*) as n, max(amount) as top from {{ ref('stg_facts') }}
{% endcall %}
{% set counted = load_result('counted') %}
select
  {% for k in kinds %}
  count(*) filter (where kind = '{{ k }}') as {{ dbt_like_slug(k) }}_n,
  {% endfor %}
  {{ rows | length }} as kinds,
  {% if execute %}{{ counted['data'][0][0] }}{% else %}0{% endif %} as counted
from {{ ref('stg_facts') }}
