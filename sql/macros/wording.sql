{# How a figure is written in a sentence: 463,852,232.48 and 13,295. #}
{% macro money(expression) %}
to_char({{ expression }}, 'FM999,999,999,999,999,990.00')
{%- endmacro %}

{% macro number(expression) %}
to_char({{ expression }}, 'FM999,999,999,999,999,990')
{%- endmacro %}
