{{ config(unique_key='id', on_schema_change='append_new_columns') }}
select id, kind {% if is_incremental() %}, amount as brought_later{% endif %}
from {{ ref('stg_facts') }}
{% if is_incremental() %} where id > 25 {% endif %}
