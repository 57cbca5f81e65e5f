-- depends_on: {{ ref('codes') }}
{%- if execute -%}
{%- endif -%}
{{ config(materialized='view') }}
{% for n in range(0, 3) -%}
select {{ n }} as n, {{ "'" ~ (n * 2) ~ "'" }} as t{% if not loop.last %} union all {% endif %}
{% endfor %}
