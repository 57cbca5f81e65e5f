{{ config(materialized='incremental', unique_key='id') }}
select id, amount, issued_at from {{ ref('stg_invoices') }}
{% if is_incremental() %}
where issued_at > (select max(issued_at) from {{ this }})
{% endif %}
