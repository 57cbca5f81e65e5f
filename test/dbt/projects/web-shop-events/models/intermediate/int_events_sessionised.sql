with events as (

    select * from {{ ref('stg_web__events') }}
    where visitor_id is not null

),

gaps as (

    select
        *,
        {{ dbt.datediff(
            'lag(event_at) over (partition by visitor_id order by event_at, event_id)',
            'event_at',
            'minute'
        ) }} as minutes_since_last
    from events

),

numbered as (

    select
        *,
        sum(case when minutes_since_last is null or minutes_since_last >= {{ var('session_gap_minutes') }} then 1 else 0 end)
            over (partition by visitor_id order by event_at, event_id rows between unbounded preceding and current row)
            as session_number
    from gaps

)

select
    *,
    {{ session_key(['visitor_id', 'session_number']) }} as session_id
from numbered
