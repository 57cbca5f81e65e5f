{% test in_range(model, column_name, low=none, high=none) %}
{{ config(tags=['range']) }}
select * from {{ model }}
where false
{%- if low is not none %} or {{ column_name }} < {{ low }}{% endif %}
{%- if high is not none %} or {{ column_name }} > {{ high }}{% endif %}
{% endtest %}
