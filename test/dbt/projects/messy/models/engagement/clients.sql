{{
config(
    materialized = 'table'
    , post_hook = [
        "create index if not exists {{ this.name }}_idx on {{ this }} (id)",
        "{{ after_sql(this) }}"
    ]
)
}}
select distinct id from {{ ref('Messy_Project', 'STG_Payments') }}
