{% snapshot products_snapshot %}

{{
    config(
      target_schema='snapshots',
      unique_key='sku',
      strategy='check',
      check_cols='all',
    )
}}

select * from {{ source('ecom', 'raw_products') }}

{% endsnapshot %}
