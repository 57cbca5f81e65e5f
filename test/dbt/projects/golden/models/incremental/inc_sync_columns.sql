{{ config(unique_key='id', on_schema_change='sync_all_columns') }}
select id, {% if is_incremental() %}amount, 'x'::text as other{% else %}kind, amount::int as amount_int, amount{% endif %}
from {{ ref('stg_facts') }}
{% if is_incremental() %} where id > 25 {% endif %}
