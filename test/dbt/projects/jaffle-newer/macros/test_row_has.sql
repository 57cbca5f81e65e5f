{% test row_has(model, expression) %}
select 1
from {{ model }}
where not ({{ expression }})
{% endtest %}
