{% snapshot snap_timestamp %}
{{ config(target_schema='history', unique_key='id', strategy='timestamp', updated_at='updated_at') }}
select * from {{ ref('stg_people') }}
{% endsnapshot %}

{% snapshot snap_timestamp_invalidate %}
{{ config(
    target_schema='history', unique_key='id', strategy='timestamp', updated_at='updated_at', invalidate_hard_deletes=True
) }}
select * from {{ ref('stg_people') }}
{% endsnapshot %}
