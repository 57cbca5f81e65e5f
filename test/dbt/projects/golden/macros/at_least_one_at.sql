{% macro default__test_at_least_one_at(model, column_name) %}
select 1 where not exists (select 1 from {{ model }} where {{ column_name }} like '%@%')
{% endmacro %}
