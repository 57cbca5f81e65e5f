{% macro cents(column) %}{{ rounded(column ~ ' / 100.0') }}{% endmacro %}
{% macro rounded(expression) %}round({{ expression }}, 2){% endmacro %}
