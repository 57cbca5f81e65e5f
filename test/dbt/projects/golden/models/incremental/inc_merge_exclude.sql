{{ config(
    incremental_strategy='merge',
    unique_key=['id', 'kind'],
    merge_exclude_columns=['first_amount'],
    incremental_predicates=["DBT_INTERNAL_DEST.id > 5"]
) }}
select id, kind, amount, amount as first_amount from {{ ref('stg_facts') }}
{% if is_incremental() %} where id > 20 {% endif %}
