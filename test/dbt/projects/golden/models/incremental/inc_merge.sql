{{ config(
    incremental_strategy='merge',
    unique_key='id',
    merge_update_columns=['amount', 'updated_at']
) }}
select id, kind, amount, updated_at, {{ is_incremental() | lower }} as was_incremental
from {{ ref('stg_facts') }}
{% if is_incremental() %}
where updated_at > (select max(updated_at) from {{ this }})
{% endif %}
