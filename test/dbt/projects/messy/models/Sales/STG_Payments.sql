{#
  a comment that holds {{ ref('nothing_of_this_name') }} and {% if %}
#}
{%- set
    cols = [
      ('"ID"', 'id'),
      ('"Kind"', 'kind'),
      ('"AMOUNT"', 'amount'),
    ]
-%}
select
  {%- for expression, name in cols %}
  {{ expression }} as {{ name }}{{ "," }}
  {%- endfor %}
  "Paid_On" as paid_on, note
  -- {{ "a comment in the SQL" }} ; with a semicolon
from {{ref("Payments")}}
where lower("Kind") not in ({% for kind in var('excluded_kinds') %}'{{ kind }}'{% if not loop.last %},{% endif %}{% endfor %})
  and "Paid_On" >= '{{ var("from_day") }}'
/* {{ config(tags=['messy', 'sales'], alias='Payments_Clean') }} */
