{%- test whole_equals_parts(model, whole, parts) -%}
select *
from {{ model }}
where {{ whole }} <> {% for part in parts %}{{ part }}{{ " + " if not loop.last }}{% endfor %}
{%- endtest -%}
