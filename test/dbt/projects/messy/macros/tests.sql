{% test positive(model, column_name) %}
select * from {{ model }} where {{ column_name }} < 0.01
{% endtest %}
{% test at_least_rows(model, n) %}
{{ config(severity = 'warn') }}
select count(*) as c from {{ model }} having count(*) < {{ n }}
{% endtest %}
