{% macro twice(x) %}({{ times(x, 2) }}){% endmacro %}

{%- macro times(x, n=1) -%}
{{ x }} * {{ n }}
{%- endmacro -%}
{% macro after_sql(rel) -%}
comment on table {{ rel }} is 'made by {{ project_name }}'
{%- endmacro %}
