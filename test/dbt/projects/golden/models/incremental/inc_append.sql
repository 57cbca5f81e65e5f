{{ config(incremental_strategy='append') }}
select id, kind, amount, '{{ "again" if is_incremental() else "first" }}' as run
from {{ ref('stg_facts') }}
{% if is_incremental() %}
where id > (select max(id) from {{ this }})
{% endif %}
