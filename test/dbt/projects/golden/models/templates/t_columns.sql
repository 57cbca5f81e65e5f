{%- set relation = ref('inc_append') -%}
{%- set columns = adapter.get_columns_in_relation(relation) -%}
select
  {% for column in columns -%}
  {% if column.is_string() -%}
  upper({{ column.quoted }}) as {{ column.name }}_upper,
  {% elif column.is_numeric() or column.dtype == 'integer' -%}
  {{ column.quoted }} as {{ column.name }}_number,
  {% endif -%}
  {% endfor -%}
  {{ columns | length }} as column_count,
  '{{ relation.identifier }}' as of_relation,
  {{ 1 if load_relation(relation) is not none else 0 }} as is_there
from {{ relation }}
