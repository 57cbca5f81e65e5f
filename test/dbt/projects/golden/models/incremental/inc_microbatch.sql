{{ config(
    incremental_strategy='microbatch',
    event_time='happened_at',
    begin='2024-01-01',
    batch_size='day',
    lookback=1,
    unique_key='id'
) }}
select id, kind, amount, happened_at from {{ ref('stg_facts') }}
