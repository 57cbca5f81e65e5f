{{ config(unique_key='id') }}
select id, kind, amount from {{ ref('stg_facts') }}
{% if is_incremental() %} where updated_at >= '2024-02-01' {% endif %}
