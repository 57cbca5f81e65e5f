{% snapshot customer_history %}
{{ config(strategy='check', unique_key='customer_id', check_cols=['name']) }}
select * from {{ ref('raw_customers') }}
{% endsnapshot %}
