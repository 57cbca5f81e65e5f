{{ config(incremental_strategy='delete+insert', unique_key=['kind']) }}
select kind, id, amount from {{ ref('stg_facts') }}
{% if is_incremental() %} where kind = 'beta' {% endif %}
