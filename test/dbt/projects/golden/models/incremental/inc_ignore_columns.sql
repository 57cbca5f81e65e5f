{{ config(unique_key='id', on_schema_change='ignore') }}
select id, kind{% if is_incremental() %}, amount as ignored{% endif %}
from {{ ref('stg_facts') }}
{% if is_incremental() %} where id > 25 {% endif %}
