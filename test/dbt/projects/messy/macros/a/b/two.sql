{% macro rounded(x, digits=2) %}
  {%- set inner -%}
    {% call wrap('round') %}{{ twice(x) }}, {{ digits }}{% endcall %}
  {%- endset -%}
  {{ return(inner) }}
{% endmacro %}
{% macro wrap(fn) %}{{ fn }}({{ caller() }}){% endmacro %}
{% macro note_end() %}
  {% if execute %}
    insert into {{ target.schema }}_log values ('end')
  {% endif %}
{% endmacro %}
