{% macro as_amount(column) %}cast({{ identifier(column) }} as numeric(18, 2)){% endmacro %}
