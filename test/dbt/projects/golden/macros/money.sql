{% macro money(column, digits=2) -%}
round({{ column }}, {{ digits }})
{%- endmacro %}

{% macro dispatched(x) %}{{ return(adapter.dispatch('dispatched', 'golden')(x)) }}{% endmacro %}
{% macro default__dispatched(x) %}'default' || {{ x }}{% endmacro %}
{% macro postgres__dispatched(x) -%} 'postgres' || {{ x }} {%- endmacro %}

{% macro dbt_like_slug(text) %}{{ return(text | lower | replace(' ', '_')) }}{% endmacro %}

{% macro with_caller() -%}
  {%- call(word) in_brackets('a') -%}
    '{{ word }}' || id
  {%- endcall -%}
{%- endmacro %}
{% macro in_brackets(word) %}({{ caller(word) }}){% endmacro %}

{% macro picked(values) %}
  {%- set parts = [] -%}
  {%- for v in values -%}
    {%- set part -%} select '{{ v }}' as v {%- endset -%}
    {%- do parts.append(part) -%}
  {%- endfor -%}
  {{ return(parts | join(' union all ')) }}
{% endmacro %}

{% macro log_run(what) %}
  {% if execute %}
    insert into golden_log.runs values ('{{ what }}')
  {% endif %}
{% endmacro %}
